#include "mock-epic/oauth/token_store.hpp"

#include <algorithm>

#include "mock-epic/data/opaque_id.hpp"

namespace epicenter::mock::oauth {

token_store::issued token_store::issue(instant now, access what, std::string text) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  if (text.empty()) text = data::make_text(random_, alphabet, 86);
  issued made{std::move(text), ++last_};
  const instant expires_at = lifetime_ > instant::max() - now ? instant::max() : now + lifetime_;
  const auto [at, added] =
      tokens_.try_emplace(made.token, record{made.number, expires_at, {}, std::move(what)});
  if (added) by_age_.push_back(&*at);
  if (by_age_.size() > max_tokens_) {
    tokens_.erase(tokens_.find(by_age_.front()->first));
    by_age_.pop_front();
  }
  return made;
}

token_store::standing token_store::look_up(std::string_view token, instant now) const {
  const auto at = tokens_.find(token);
  if (at == tokens_.end()) return {};
  const record& one = at->second;
  return {one.number, one.expires_at > now, one.expired_by, &one.what, one.expires_at};
}

template <class Predicate>
std::uint64_t token_store::end_where(instant now, const std::string& why, const Predicate& picks) {
  std::uint64_t ended = 0;
  for (by_token::value_type* at : by_age_) {
    record& one = at->second;
    if (one.expires_at <= now || !picks(one)) continue;
    one.expires_at = now;
    one.expired_by = why;
    ++ended;
  }
  return ended;
}

std::uint64_t token_store::expire_all(instant now, std::string why) {
  return end_where(now, why, [](const record&) { return true; });
}

bool token_store::revoke(std::uint64_t number, instant now, std::string why) {
  return end_where(now, why, [number](const record& one) { return one.number == number; }) != 0;
}

std::uint64_t token_store::revoke_family(std::uint64_t family, instant now, const std::string& why) {
  return end_where(now, why, [family](const record& one) { return one.what.family == family; });
}

std::uint64_t token_store::valid(instant now) const {
  return static_cast<std::uint64_t>(std::count_if(
      by_age_.begin(), by_age_.end(), [&](const auto* at) { return at->second.expires_at > now; }));
}

}  // namespace epicenter::mock::oauth
