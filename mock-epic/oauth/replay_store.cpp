#include "mock-epic/oauth/replay_store.hpp"

namespace epicenter::mock::oauth {

replay_store::outcome replay_store::take(std::string_view issuer, std::string_view jti, wall_time expires_at,
                                         wall_time now) {
  while (!by_expiry_.empty() && by_expiry_.begin()->first <= now) {
    seen_.erase(by_expiry_.begin()->second);
    by_expiry_.erase(by_expiry_.begin());
  }
  id key{std::string(issuer), std::string(jti)};
  if (seen_.contains(key)) return outcome::replayed;
  if (seen_.size() >= max_entries_) return outcome::full;
  by_expiry_.emplace(expires_at, key);
  seen_.insert(std::move(key));
  return outcome::taken;
}

}  // namespace epicenter::mock::oauth
