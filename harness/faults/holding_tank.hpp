// holding_tank: what clients file waits for a clinician to reconcile it. A lever of the mock, listed here so
// that scenarios know it; the proxy cannot carry it out.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view holding_tank_summary =
    "creates wait for a person: readable by id, found by no search";
inline constexpr std::array<parameter, 0> holding_tank_parameters{};

}  // namespace epicenter::faults
