// A log-linear histogram: integer buckets, bounded relative error, exact count and sum.
#pragma once

#include <cstddef>
#include <cstdint>
#include <epicenter/base/result.hpp>
#include <epicenter/base/time.hpp>
#include <epicenter/base/units.hpp>
#include <vector>

namespace epicenter::stats {

/// Counts of non-negative 64-bit values (latencies in nanoseconds, sizes in bytes). Values below
/// 2^precision_bits are exact; above, each octave has 2^precision_bits buckets, and a value read back differs
/// from the recorded one by at most 1/2^(precision_bits+1): 0.2 % with the default 8 bits. Integers only: the
/// same input gives the same output under every compiler, and merging in any order gives the same histogram.
/// Not thread-safe.
class histogram {
 public:
  struct bucket {
    std::uint32_t index = 0;
    std::uint64_t count = 0;
    friend bool operator==(const bucket&, const bucket&) = default;
  };

  /// precision_bits in 1..14.
  explicit histogram(unsigned precision_bits = 8);

  /// Negative values count as 0. Memory grows with the largest value seen: about 60 kB for latencies up to a
  /// minute.
  void record(std::int64_t value, std::uint64_t times = 1);
  void record(duration latency) { record(latency.count()); }

  /// Adds the other's counts. Both must have the same precision.
  void merge(const histogram& other);
  void clear();

  std::uint64_t count() const { return count_; }
  bool empty() const { return count_ == 0; }
  /// The exact sum, 128 bits as two words.
  std::uint64_t sum_high() const { return sum_high_; }
  std::uint64_t sum_low() const { return sum_low_; }
  /// Exact smallest and largest value; 0 when empty.
  std::int64_t min() const { return count_ == 0 ? 0 : min_; }
  std::int64_t max() const { return max_; }
  /// Exact mean, rounded down to the unit; 0 when empty.
  std::int64_t mean() const;

  /// The value at or below which this share of the values lies (nearest rank): {990'000} is p99. Never
  /// outside [min, max]; 0 when empty.
  std::int64_t percentile(share) const;
  duration latency(share q) const { return duration(percentile(q)); }
  /// How many values are at most this one, within the histogram's error.
  std::uint64_t count_at_most(std::int64_t value) const;

  /// Every bucket that is not empty, by index: with precision, min, max and sum this is all there is to
  /// store.
  std::vector<bucket> buckets() const;
  /// What a stored histogram consists of.
  struct parts {
    unsigned precision_bits = 8;
    std::int64_t min = 0;
    std::int64_t max = 0;
    std::uint64_t sum_high = 0;
    std::uint64_t sum_low = 0;
    std::vector<bucket> buckets;
  };
  parts to_parts() const;
  /// Refuses parts that no histogram can have: an index out of range or out of order, an empty bucket,
  /// extremes that do not lie in the outermost buckets.
  static result<histogram> from_parts(const parts&);

  unsigned precision_bits() const { return bits_; }
  friend bool operator==(const histogram&, const histogram&) = default;

 private:
  std::size_t index_of(std::uint64_t value) const;
  std::uint64_t lowest_in(std::size_t index) const;
  std::uint64_t middle_of(std::size_t index) const;
  std::size_t index_count() const;

  unsigned bits_;
  std::uint64_t count_ = 0;
  std::uint64_t sum_high_ = 0;
  std::uint64_t sum_low_ = 0;
  std::int64_t min_ = 0;
  std::int64_t max_ = 0;
  std::vector<std::uint64_t> counts_;  // as long as the largest index seen needs
};

enum class errc {
  bad_histogram = 1,  ///< stored parts that no histogram can have
};
std::error_code make_error_code(errc);

}  // namespace epicenter::stats

template <>
struct std::is_error_code_enum<epicenter::stats::errc> : std::true_type {};
