// How long a delay is: constant, uniform, log-normal or normal.
#pragma once

#include <epicenter/json/value.hpp>
#include <epicenter/runtime/random.hpp>
#include <variant>

#include "harness/faults/errc.hpp"

namespace epicenter::faults {

/// No delay is longer than this, whatever the distribution draws.
inline constexpr duration longest_delay = 1h;

/// Uniform in [from, to], both included.
struct uniform_delay {
  duration from{}, to{};
};
/// Log-normal: half of the delays are below the median, 1 % above p99.
struct log_normal_delay {
  duration median{}, p99{};
};
/// Normal, cut at 0.
struct normal_delay {
  duration mean{}, deviation{};
};
using delay_distribution = std::variant<uniform_delay, log_normal_delay, normal_delay>;

/// Reads the written and the canonical forms of parameter_kind::delay.
result<delay_distribution> parse_delay(const json::value&);
/// The canonical form.
json::value to_json(const delay_distribution&);
duration draw(const delay_distribution&, runtime::random_stream&);

/// "500ms", or a whole number of nanoseconds: never negative. Errors are errc::bad_parameter.
result<duration> parse_time_value(const json::value&);

}  // namespace epicenter::faults
