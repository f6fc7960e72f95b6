// What the faults that act on bytes have in common: which direction, canonical parameters, times that add up.
#pragma once

#include <array>
#include <functional>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {

/// The choices of a parameter `direction`: requests go upstream, responses downstream.
inline constexpr std::array<std::string_view, 3> stream_directions{"both", "request", "response"};
/// Waits are bounded so that sums of times stay far from overflow.
inline constexpr std::int64_t longest_wait_ns = duration(168h).count();

/// Makes the stage of one direction of one connection; asked from several threads at once.
using stage_maker = std::function<std::unique_ptr<stage>(flow, runtime::random_stream)>;
/// A fault that is nothing but its stages, in the directions that the parameter `direction` names.
std::unique_ptr<fault> stream_fault(const json::object& canonical, stage_maker);

/// Members of canonical parameters. They must be there, and of that kind.
std::int64_t number_at(const json::object& canonical, std::string_view name);
duration time_at(const json::object& canonical, std::string_view name);
std::string_view word_at(const json::object& canonical, std::string_view name);
bool flag_at(const json::object& canonical, std::string_view name);

/// The moment that much later; runtime::never where a time could not hold it.
instant later(instant, duration by);

}  // namespace epicenter::faults
