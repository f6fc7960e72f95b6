// business_rule: a rule of the site refuses what the API would take. A lever of the mock, listed here so that
// scenarios know it; the proxy cannot carry it out.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view business_rule_summary = "a business rule refuses (59159)";
inline constexpr std::array<std::string_view, 3> business_rule_of_choices{"writes", "reads", "all"};
inline constexpr std::array business_rule_parameters{
    parameter{"of", parameter_kind::choice, false, "writes", "which requests the rule is about",
              business_rule_of_choices},
    parameter{"code", parameter_kind::text, false, "59159", "Epic's code, digits", {}},
    parameter{"text",
              parameter_kind::text,
              false,
              "A rule of this site does not allow it.",
              "what the rule tells: the diagnostics, and the display of a code that Epic's table lacks",
              {}},
    parameter{"status", parameter_kind::integer, false, "400", "of the answer", {}, 400, 499},
};

}  // namespace epicenter::faults
