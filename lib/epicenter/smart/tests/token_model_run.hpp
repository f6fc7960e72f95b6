// Drives a token manager and the model through the same random steps, and compares after each.
#pragma once

#include <epicenter/runtime/virtual/virtual_runtime.hpp>
#include <epicenter/smart/token_manager.hpp>
#include <string>

#include "lib/epicenter/smart/tests/strict_epic.hpp"
#include "lib/epicenter/smart/tests/test_keys.hpp"
#include "lib/epicenter/smart/tests/token_model.hpp"

namespace epicenter::smart {

/// Defects around the manager, to prove that the comparison finds them.
enum class token_defect {
  none,
  blind_invalidation,  ///< a 401 with an old token throws the new one away
  no_negative_cache,   ///< a failed endpoint is asked again by every caller
  late_refresh,        ///< a token is handed out until it expires
  two_flights,         ///< each refresh asks twice
  deaf_to_dates,       ///< the server's clock is not learned
  one_401_too_many,    ///< every get throws the token away now and then
  same_jti             ///< a try repeats the assertion of the last one
};

struct model_run_result {
  std::string difference;  ///< the first one, empty for none
  int steps = 0;
  int holding = 0;  ///< steps at whose end a token was held
  int flights = 0, refreshed = 0, failed = 0, invalidated = 0, cancelled = 0, timed_out = 0;
};

model_run_result run_token_model(std::uint64_t seed, int steps, token_defect = token_defect::none);

}  // namespace epicenter::smart
