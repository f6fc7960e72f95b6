// What the authorization server did: the counters of levers and of the admin API.
#pragma once

#include <cstdint>

namespace epicenter::mock::oauth {

struct counts {
  std::uint64_t assertions = 0;            ///< presented, whatever became of them
  std::uint64_t tokens_issued = 0;         ///< access tokens
  std::uint64_t refusals = 0;              ///< answers of 400 and above
  std::uint64_t outage_refusals = 0;       ///< token requests answered by the outage
  std::uint64_t key_fetches = 0;           ///< asked for
  std::uint64_t key_fetch_failures = 0;    ///< that gave no keys
  std::uint64_t fetches_withheld = 0;      ///< that the frost prevented
  std::uint64_t retired_key_refusals = 0;  ///< assertions by a key that was rotated away
  std::uint64_t skewed_checks = 0;         ///< assertions whose times were judged by a clock that is off
  std::uint64_t skewed_refusals = 0;       ///< of them, refused for their times
  std::uint64_t scope_refusals = 0;        ///< requests for resources beyond the token's scopes
};

}  // namespace epicenter::mock::oauth
