// Which assertions have been used already.
#pragma once

#include <epicenter/base/time.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace epicenter::mock::oauth {

/// Remembers each (issuer, jti) until its assertion expires: at most five minutes, so the store stays small.
/// Beyond the bound nothing more is taken until something has expired.
class replay_store {
 public:
  explicit replay_store(std::size_t max_entries = 100'000) : max_entries_(max_entries) {}

  enum class outcome { taken, replayed, full };
  outcome take(std::string_view issuer, std::string_view jti, wall_time expires_at, wall_time now);
  std::size_t size() const { return seen_.size(); }

 private:
  using id = std::pair<std::string, std::string>;
  std::size_t max_entries_;
  std::set<id> seen_;
  std::set<std::pair<wall_time, id>> by_expiry_;
};

}  // namespace epicenter::mock::oauth
