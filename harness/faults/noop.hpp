// noop: nothing happens, and is counted.
#pragma once

#include "harness/faults/stream_fault.hpp"

namespace epicenter::faults {

inline constexpr std::string_view noop_summary = "does nothing but count the connections it would act on";
inline constexpr std::array noop_parameters{
    parameter{"direction", parameter_kind::choice, false, "both", "kept, without effect", stream_directions},
};
std::unique_ptr<fault> make_noop(const json::object& canonical);

}  // namespace epicenter::faults
