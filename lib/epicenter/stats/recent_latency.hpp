// Percentiles of the recent past, for decisions: "would this call still make it?".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <epicenter/base/time.hpp>
#include <epicenter/base/units.hpp>
#include <epicenter/stats/histogram.hpp>
#include <optional>

namespace epicenter::stats {

/// Latencies of the last minute in six slices of ten seconds, with an error of at most 1.6 %. A percentile is
/// computed at most once a second and remembered, so that asking per call is cheap. Not thread-safe.
class recent_latency {
 public:
  static constexpr duration slice_length = 10s;
  static constexpr std::size_t slice_count = 6;

  explicit recent_latency(std::size_t min_samples = 50) : min_samples_(min_samples) {}

  void record(instant now, duration latency);
  /// Nothing while fewer than min_samples are known.
  std::optional<duration> p50(instant now);
  std::optional<duration> p95(instant now);

 private:
  void refresh(instant now);

  struct slice {
    std::int64_t number = -1;
    histogram values{5};
  };
  std::size_t min_samples_;
  std::array<slice, slice_count> slices_;
  std::optional<instant> computed_at_;
  bool known_ = false;
  duration p50_{0};
  duration p95_{0};
};

}  // namespace epicenter::stats
