// The sliding time window of a closed breaker, without locks.
#pragma once

#include <atomic>
#include <cstdint>
#include <epicenter/base/time.hpp>
#include <epicenter/resilience/breaker_options.hpp>
#include <memory>

namespace epicenter::resilience {

struct window_counts {
  std::uint64_t calls = 0;
  std::uint64_t failed = 0;
  std::uint64_t slow = 0;
  std::uint32_t consecutive = 0;
  friend bool operator==(const window_counts&, const window_counts&) = default;
};

/// Buckets of one 64-bit word each: [63:48] tag, [47:32] calls, [31:16] failed, [15:0] slow. The tag is made
/// from the time and the breaker's generation, so that a new generation starts with an empty window without
/// anybody clearing it, and a writer that was delayed across a change of state cannot reach the new window.
/// Buckets passed over are emptied, so that 16 bits of tag never mean two times. A bucket holds up to 65,535
/// calls; further ones are not counted. Thread-safe, lock-free.
class breaker_window {
 public:
  breaker_window(duration window, std::uint32_t buckets);

  void add(std::uint64_t generation, instant t1, bool failed, bool slow);
  /// The buckets (epoch - N, epoch] of this generation at this time, or at the newest result if that is
  /// later.
  window_counts counts(std::uint64_t generation, instant now) const;

 private:
  std::uint64_t position(std::uint64_t generation, instant) const;
  void advance_to(std::uint64_t position);
  void count_streak(std::uint64_t generation, bool failed);

  std::int64_t bucket_ns_;
  std::uint64_t size_;
  std::unique_ptr<std::atomic<std::uint64_t>[]> words_;
  std::atomic<std::uint64_t> last_position_{0};
  std::atomic<std::uint64_t> streak_{0};  // [63:32] generation, [31:0] failures in a row
};

}  // namespace epicenter::resilience
