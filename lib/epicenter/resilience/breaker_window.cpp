#include <algorithm>
#include <epicenter/base/check.hpp>
#include <epicenter/resilience/breaker_window.hpp>

namespace epicenter::resilience {
namespace {

constexpr std::uint64_t field_max = 0xffff;

std::uint64_t tag_of(std::uint64_t word) {
  return word >> 48;
}
std::uint64_t calls_of(std::uint64_t word) {
  return (word >> 32) & field_max;
}
std::uint64_t failed_of(std::uint64_t word) {
  return (word >> 16) & field_max;
}

std::uint64_t slow_of(std::uint64_t word) {
  return word & field_max;
}

std::uint64_t bucket_length(duration window, std::uint32_t buckets) {
  EPICENTER_CHECK(buckets >= 1 && buckets <= 64, "breaker window: 1..64 buckets");
  const std::int64_t ns = window.count() / static_cast<std::int64_t>(buckets);
  EPICENTER_CHECK(ns >= 1'000'000, "breaker window: a bucket is at least 1 ms");
  return static_cast<std::uint64_t>(ns);
}

}  // namespace

breaker_window::breaker_window(duration window, std::uint32_t buckets)
    : bucket_ns_(bucket_length(window, buckets)),
      size_(buckets),
      words_(std::make_unique<std::atomic<std::uint64_t>[]>(buckets)) {}

// 2N a generation: what an earlier generation wrote, even somewhat in the future, lies below every later
// window. 2N is a multiple of N, so that the bucket of a moment stays the same.
std::uint64_t breaker_window::position(std::uint64_t generation, instant at) const {
  const std::int64_t ns = std::max<std::int64_t>(at.time_since_epoch().count(), 0);
  return bucket_ns_.quotient(static_cast<std::uint64_t>(ns)) + (generation + 1) * 2 * size_.divisor();
}

void breaker_window::advance_to(std::uint64_t wanted) {
  const std::uint64_t size = size_.divisor();
  std::uint64_t last = last_position_.load();
  while (last < wanted) {
    if (!last_position_.compare_exchange_weak(last, wanted)) continue;
    // What a faster thread put there already stays. After a long silence 16 bits cannot tell it from what is
    // ancient, and everything goes.
    const std::uint64_t jump = wanted - last;
    const std::uint64_t first = jump >= size ? wanted - size + 1 : last + 1;
    const bool ambiguous = jump >= (field_max + 1) / 2;
    for (std::uint64_t p = first; p <= wanted; ++p) {
      std::atomic<std::uint64_t>& word = words_[size_.remainder(p)];
      std::uint64_t seen = word.load();
      while ((ambiguous || ((tag_of(seen) - p) & field_max) > size) && !word.compare_exchange_weak(seen, 0)) {
      }
    }
    return;
  }
}

void breaker_window::note_bad(std::uint64_t here) {
  std::uint64_t seen = last_bad_.load();
  while (seen < here && !last_bad_.compare_exchange_weak(seen, here)) {
  }
}

bool breaker_window::add(std::uint64_t generation, instant t1, bool failed, bool slow) {
  const std::uint64_t here = position(generation, t1);
  if (last_position_.load() < here) advance_to(here);
  // Its bucket may belong to a later time by now.
  if (last_position_.load() - here >= size_.divisor()) return false;
  if (failed || slow) note_bad(here);
  const std::uint64_t tag = here & field_max;
  const std::uint64_t one =
      (std::uint64_t{1} << 32) | (failed ? std::uint64_t{1} << 16 : 0) | (slow ? 1u : 0u);
  std::atomic<std::uint64_t>& word = words_[size_.remainder(here)];
  std::uint64_t seen = word.load();
  for (;;) {
    std::uint64_t next = (tag << 48) | one;
    if (calls_of(seen) != 0) {
      const auto ahead = static_cast<std::int16_t>(static_cast<std::uint16_t>(tag_of(seen) - tag));
      if (ahead > 0) return false;
      if (ahead == 0) {
        if (calls_of(seen) == field_max) break;
        next = seen + one;
      }
    }
    if (word.compare_exchange_weak(seen, next)) break;
  }
  count_streak(generation, failed);
  if (failed || slow) return true;
  return last_bad_.load() + size_.divisor() > here && fine_.load() != here;
}

void breaker_window::count_streak(std::uint64_t generation, bool failed) {
  const std::uint64_t mine = generation & 0xffff'ffff;
  std::uint64_t seen = streak_.load();
  for (;;) {
    const std::uint64_t theirs = seen >> 32;
    if (static_cast<std::int32_t>(static_cast<std::uint32_t>(theirs - mine)) > 0) return;
    const std::uint64_t length = theirs == mine ? seen & 0xffff'ffff : 0;
    if (failed && length == 0xffff'ffff) return;
    const std::uint64_t next = (mine << 32) | (failed ? length + 1 : 0);
    if (next == seen || streak_.compare_exchange_weak(seen, next)) return;
  }
}

window_counts breaker_window::counts(std::uint64_t generation, instant now) const {
  return look(generation, now).counts;
}

breaker_window::view breaker_window::look(std::uint64_t generation, instant now) const {
  view seen;
  window_counts& sum = seen.counts;
  const std::uint64_t streak = streak_.load();
  if ((streak >> 32) == (generation & 0xffff'ffff)) sum.consecutive = static_cast<std::uint32_t>(streak);
  const std::uint64_t last = last_position_.load();
  const std::uint64_t here = std::max(position(generation, now), last);
  seen.position = here;
  const std::uint64_t size = size_.divisor();
  if (here - last >= size) return seen;
  for (std::uint64_t i = 0; i < size; ++i) {
    const std::uint64_t word = words_[i].load();
    const std::uint64_t age = (here - tag_of(word)) & field_max;
    if (age >= size) continue;
    sum.calls += calls_of(word);
    sum.failed += failed_of(word);
    sum.slow += slow_of(word);
  }
  return seen;
}

}  // namespace epicenter::resilience
