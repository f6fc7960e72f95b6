// duplicate_on_replay: nothing makes a create idempotent. A lever of the mock, listed here so that scenarios
// know it; the proxy cannot carry it out.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view duplicate_on_replay_summary =
    "a replayed create is filed a second time, whatever it is";
inline constexpr std::array<parameter, 0> duplicate_on_replay_parameters{};

}  // namespace epicenter::faults
