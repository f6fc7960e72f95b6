// The sliding time window of a closed breaker, without locks.
#pragma once

#include <atomic>
#include <cstdint>
#include <epicenter/base/time.hpp>
#include <epicenter/resilience/breaker_options.hpp>
#include <epicenter/resilience/fixed_divisor.hpp>
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

  /// False where no rule can hold because of this result: it is good, and either the window has no failed or
  /// slow call, or one that had enough calls was fine in this bucket already (and this result thins it
  /// further).
  bool add(std::uint64_t generation, instant t1, bool failed, bool slow);
  /// The buckets (epoch - N, epoch] of this generation at this time, or at the newest result if that is
  /// later.
  window_counts counts(std::uint64_t generation, instant now) const;
  /// The same, with the place in time that note_fine() wants.
  struct view {
    window_counts counts;
    std::uint64_t position = 0;
  };
  view look(std::uint64_t generation, instant now) const;
  /// No rule held for this view, which had as many calls as the rules ask for.
  void note_fine(const view& seen) { fine_.store(seen.position, std::memory_order_relaxed); }

 private:
  std::uint64_t position(std::uint64_t generation, instant) const;
  void advance_to(std::uint64_t position);
  void note_bad(std::uint64_t position);
  void count_streak(std::uint64_t generation, bool failed);

  fixed_divisor bucket_ns_;
  fixed_divisor size_;
  std::unique_ptr<std::atomic<std::uint64_t>[]> words_;
  std::atomic<std::uint64_t> last_position_{0};
  std::atomic<std::uint64_t> last_bad_{0};  // newest position with a failed or slow call; written before it
  std::atomic<std::uint64_t> fine_{0};      // position of the last view that was fine
  std::atomic<std::uint64_t> streak_{0};    // [63:32] generation, [31:0] failures in a row
};

}  // namespace epicenter::resilience
