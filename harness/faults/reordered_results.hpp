// reordered_results: results come in another order than they are filed in. A lever of the mock, listed here
// so that scenarios know it; the proxy cannot carry it out.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view reordered_results_summary = "search results come in another order";
inline constexpr std::array<parameter, 0> reordered_results_parameters{};

}  // namespace epicenter::faults
