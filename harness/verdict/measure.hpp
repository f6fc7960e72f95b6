// Metrics of the scenario format's section 5, over any window of an experiment.
#pragma once

#include <cstdint>
#include <optional>

#include "harness/verdict/observations.hpp"
#include "reports/run_record.hpp"

namespace epicenter::verdict {

__extension__ using int128 = __int128;

/// A metric's value as a fraction of integers, so that a comparison never rounds: value = numerator /
/// denominator in the metric's unit. A denominator of 0: there was nothing to measure.
struct measurement {
  int128 numerator = 0;
  std::int64_t denominator = 0;
  std::uint64_t samples = 0;  ///< what min_samples counts: how many were looked at
  scenario::circuit_state state = scenario::circuit_state::closed;  ///< of circuit_state

  bool empty() const { return denominator == 0; }
  /// -1, 0, 1: below, equal to, above the bound (in the metric's unit).
  int compare(std::int64_t bound) const;
  /// Rounded down to the metric's unit.
  std::optional<std::int64_t> value() const;
};

/// Operations count by their intended start in [from, to), calls and events by their time; a window at the
/// end of a long record costs what lies in it. duplicate_writes and lost_writes are over the whole experiment
/// and empty before the mock's journal was read. circuit_state is the last value before `to`, the worst over
/// the classes that had a call in the window, or of the one class named.
measurement measure(const observations&, scenario::metric_id, instant from, instant to,
                    std::string_view endpoint_class = {});

/// The same over the operations intended since `since` that finished in [from, to): what can be said while
/// the experiment runs. An outage that only shows in time-outs is invisible in a window of the latest
/// intended starts.
measurement measure_finished(const observations&, scenario::metric_id, instant since, instant from,
                             instant to);

/// The state word of the format for a breaker's own: forced_open reads OPEN, forced_closed and metrics_only
/// CLOSED.
scenario::circuit_state circuit_word(std::string_view breaker_state);

/// "99.2%", "412ms", "3", "1.18", "CLOSED".
reports::unit unit_of(scenario::metric_id);
std::string show_bound(scenario::metric_id, std::int64_t bound);

}  // namespace epicenter::verdict
