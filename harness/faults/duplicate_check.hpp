// duplicate_check: Epic refuses what it has on file already. A lever of the mock, listed here so that
// scenarios know it; the proxy cannot carry it out.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view duplicate_check_summary =
    "creates are held against what is on file: duplicates get 409, 59141";
inline constexpr std::array<parameter, 0> duplicate_check_parameters{};

}  // namespace epicenter::faults
