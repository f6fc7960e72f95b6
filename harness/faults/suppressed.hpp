// suppressed: the client is not authorized for some results of a search. A lever of the mock, listed here so
// that scenarios know it; the proxy cannot carry it out.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view suppressed_summary =
    "results of a sub-type are left out of searches (59204)";
inline constexpr std::array<std::string_view, 2> suppressed_who_choices{"client", "user"};
inline constexpr std::array suppressed_parameters{
    parameter{"who", parameter_kind::choice, false, "client",
              "who is not authorized: client is 59204, user 59205", suppressed_who_choices},
    parameter{"sub_type",
              parameter_kind::text,
              false,
              "Outside Record Results",
              "what the results left out are called",
              {}},
    parameter{"category",
              parameter_kind::text,
              false,
              "",
              "left out is what has this category code; default: a share of the results",
              {}},
    parameter{"of_results",
              parameter_kind::share,
              false,
              "30%",
              "share of the results that are of the sub-type, where no category is given",
              {},
              1,
              1'000'000},
};

}  // namespace epicenter::faults
