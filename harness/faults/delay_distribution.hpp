// How long a delay is: constant, uniform, log-normal, normal, Pareto, or as it was measured.
#pragma once

#include <epicenter/json/value.hpp>
#include <epicenter/runtime/random.hpp>
#include <memory>
#include <string>
#include <variant>
#include <vector>

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
/// Pareto: none is below the scale, and the tail is heavy. A smaller shape makes it heavier.
struct pareto_delay {
  duration scale{};
  std::int64_t shape_thousandths = 1000;  ///< from 100 to 100,000
};
/// Each sample is drawn as often as it was seen.
struct empirical_delay {
  std::shared_ptr<const std::vector<duration>> sorted;  ///< 1 to most_samples
};
using delay_distribution =
    std::variant<uniform_delay, log_normal_delay, normal_delay, pareto_delay, empirical_delay>;

/// More would make plans and requests to the control API large, and drawing no truer.
inline constexpr std::size_t most_samples = 1024;
/// The samples in order; where they are more than most_samples, as many of their quantiles, evenly spaced in
/// rank: of 100,000 the p99.9 is kept, the maximum is not.
std::vector<duration> quantiles(std::vector<duration> samples);

/// Reads the written and the canonical forms of parameter_kind::delay. Reads no file: {samples: FILE} is an
/// error here, and a matter of who reads scenarios.
result<delay_distribution> parse_delay(const json::value&);
/// The canonical form.
json::value to_json(const delay_distribution&);
/// The decimal that so many thousandths are: 2500 is "2.5".
std::string thousandths_text(std::int64_t);
duration draw(const delay_distribution&, runtime::random_stream&);

/// "500ms", or a whole number of nanoseconds: never negative. Errors are errc::bad_parameter.
result<duration> parse_time_value(const json::value&);

}  // namespace epicenter::faults
