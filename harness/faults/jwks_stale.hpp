// jwks_stale: Epic goes by a key set that it has cached. A lever of the mock, listed here so that scenarios
// know it; the proxy cannot carry it out.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view jwks_stale_summary = "Epic goes by an older key set of the clients";
inline constexpr std::array<std::string_view, 2> jwks_stale_age_choices{"older", "frozen"};
inline constexpr std::array jwks_stale_parameters{
    parameter{"age", parameter_kind::choice, false, "older",
              "older: from before the present keys, none of which verifies; frozen: as it is now, what is "
              "registered later is not seen",
              jwks_stale_age_choices},
};

}  // namespace epicenter::faults
