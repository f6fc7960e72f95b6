// The figures of a circuit breaker.
#pragma once

#include <cstdint>
#include <epicenter/base/time.hpp>
#include <epicenter/base/units.hpp>
#include <epicenter/resilience/endpoint_class.hpp>
#include <string>

namespace epicenter::resilience {

/// A rule whose figure is 0 is off. The defaults are those of the read class in the interactive profile.
struct breaker_options {
  /// Appears in reports, never in decisions.
  std::string name;
  endpoint_class cls = endpoint_class::read;

  /// Length of the window and how many buckets it has (1..64); a bucket is at least 1 ms.
  duration window = 30s;
  std::uint32_t buckets = 10;
  /// The rate rules say nothing before the window holds this many calls.
  std::uint32_t min_calls = 20;
  /// Opens at this share of failed calls; at more than this share if failure_rate_exclusive.
  share failure_rate{500'000};
  bool failure_rate_exclusive = false;
  /// Opens at this share of slow calls. slow_after is applied by the classifier.
  share slow_rate{800'000};
  duration slow_after = 3s;
  /// Opens at so many failed calls in a row.
  std::uint32_t consecutive = 10;

  /// The k-th opening waits min(open_max, open_base * growth^(k-1)) * (1 +- jitter).
  duration open_base = 5s;
  duration open_max = 60s;
  /// In percent, at least 100: 200 doubles, 100 does not grow.
  std::uint32_t growth_percent = 200;
  share jitter{200'000};
  /// A server's Retry-After may lengthen an open wait, up to this.
  duration server_hint_max = 5min;

  /// Probes at one time (1..64), good ones that close, bad ones that open again.
  std::uint32_t probe_concurrency = 2;
  std::uint32_t probe_successes = 3;
  std::uint32_t probe_failures = 2;
  /// Judge only after probe_successes + probe_failures - 1 probes, instead of as soon as the verdict stands.
  bool probe_full_window = false;
  /// Whoever meets half_open_busy waits for the probes' verdict, up to its own deadline, instead of failing.
  /// Applied by the owner.
  bool wait_for_probe = false;
  /// A probe slot is a lease of max(1 s, 1.5 * attempt_timeout).
  duration attempt_timeout = 5s;
  /// Lost probes in a row that open again.
  std::uint32_t max_lost_probes = 3;

  /// A closed time at least this long starts the growth of the open wait anew.
  duration stability = 30s;
  /// After closing the bulkhead's limit grows from 10 % to 100 % over this; 0: at once. Applied by the owner.
  duration ramp = 5s;

  /// Events kept for readers that come late; older ones are dropped and counted. 1..65536.
  std::uint32_t event_capacity = 256;
};

/// max(1 s, 1.5 * attempt_timeout).
duration probe_lease(const breaker_options&);

}  // namespace epicenter::resilience
