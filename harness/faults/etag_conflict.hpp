// etag_conflict: somebody changes a resource between a client's read and its write. A lever of the mock,
// listed here so that scenarios know it; the proxy cannot carry it out.
#pragma once

#include <array>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

inline constexpr std::string_view etag_conflict_summary = "the version has changed meanwhile (412)";
inline constexpr std::array<std::string_view, 2> etag_conflict_of_choices{"updates", "writes"};
inline constexpr std::array etag_conflict_parameters{
    parameter{"of", parameter_kind::choice, false, "updates",
              "updates: what names a version is refused with 412; writes: creates too, with 409, because the "
              "chart they go to is locked",
              etag_conflict_of_choices},
};

}  // namespace epicenter::faults
