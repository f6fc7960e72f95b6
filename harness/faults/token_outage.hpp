// token_outage: the authorization server is down, the FHIR server is not. A lever of the mock, listed here so
// that scenarios know it; the proxy cannot carry it out.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view token_outage_summary =
    "the token endpoint fails; tokens issued before stay valid";
inline constexpr std::array<std::string_view, 2> token_outage_mode_choices{"unavailable", "timeout"};
inline constexpr std::array token_outage_parameters{
    parameter{"mode", parameter_kind::choice, false, "unavailable",
              "unavailable: 503 of http.sys; timeout: 408 of a proxy before it", token_outage_mode_choices},
};

}  // namespace epicenter::faults
