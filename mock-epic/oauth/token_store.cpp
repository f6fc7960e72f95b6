#include "mock-epic/oauth/token_store.hpp"

#include <algorithm>

#include "mock-epic/data/opaque_id.hpp"

namespace epicenter::mock::oauth {

token_store::issued token_store::issue(instant now) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  issued made{data::make_text(random_, alphabet, 86), ++last_};
  const instant expires_at = lifetime_ > instant::max() - now ? instant::max() : now + lifetime_;
  by_age_.push_back(tokens_.emplace(made.token, record{made.number, expires_at, {}}).first);
  if (by_age_.size() > max_tokens_) {
    tokens_.erase(by_age_.front());
    by_age_.pop_front();
  }
  return made;
}

token_store::standing token_store::look_up(std::string_view token, instant now) const {
  const auto at = tokens_.find(token);
  if (at == tokens_.end()) return {};
  return {at->second.number, at->second.expires_at > now, at->second.expired_by};
}

std::uint64_t token_store::expire_all(instant now, std::string why) {
  std::uint64_t ended = 0;
  for (const auto& at : by_age_) {
    record& one = at->second;
    if (one.expires_at <= now) continue;
    one.expires_at = now;
    one.expired_by = why;
    ++ended;
  }
  return ended;
}

std::uint64_t token_store::valid(instant now) const {
  return static_cast<std::uint64_t>(std::count_if(
      by_age_.begin(), by_age_.end(), [&](const auto& at) { return at->second.expires_at > now; }));
}

}  // namespace epicenter::mock::oauth
