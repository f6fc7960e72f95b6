// key_rotation: the keys that clients sign with have been replaced. A lever of the mock, listed here so that
// scenarios know it; the proxy cannot carry it out.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view key_rotation_summary =
    "the keys of clients are replaced: those of now no longer verify";
inline constexpr std::array key_rotation_parameters{
    parameter{"of",
              parameter_kind::text,
              false,
              "",
              "the client whose keys are replaced; default: every client",
              {}},
};

}  // namespace epicenter::faults
