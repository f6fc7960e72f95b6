#include <algorithm>
#include <epicenter/base/check.hpp>
#include <epicenter/resilience/retry_budget.hpp>

namespace epicenter::resilience {

void budget_token::give_back() noexcept {
  if (budget_ != nullptr) std::exchange(budget_, nullptr)->add(milli_);
}

retry_budget::retry_budget(retry_budget_options options, instant now)
    : options_(options), milli_(options.cap_milli), refilled_to_(now.time_since_epoch().count()) {
  EPICENTER_CHECK(options.cap_milli >= 0 && options.per_success_milli >= 0 && options.cost_milli >= 0 &&
                      options.throttled_cost_milli >= 0,
                  "retry budget: no figure is negative");
  EPICENTER_CHECK(options.per_second_milli >= 0 && options.per_second_milli <= 1'000'000,
                  "retry budget: at most 1000 tokens a second");
}

std::optional<budget_token> retry_budget::take(instant now, bool throttled) {
  refill(now);
  const std::int64_t cost = throttled ? options_.throttled_cost_milli : options_.cost_milli;
  std::int64_t seen = milli_.load(std::memory_order_relaxed);
  do {
    if (seen < cost) return std::nullopt;
  } while (!milli_.compare_exchange_weak(seen, seen - cost, std::memory_order_relaxed));
  return budget_token(this, cost);
}

std::int64_t retry_budget::milli_tokens(instant now) {
  refill(now);
  return milli_.load(std::memory_order_relaxed);
}

void retry_budget::add(std::int64_t milli) noexcept {
  std::int64_t seen = milli_.load(std::memory_order_relaxed);
  while (seen < options_.cap_milli &&
         !milli_.compare_exchange_weak(seen, std::min(options_.cap_milli, seen + milli),
                                       std::memory_order_relaxed)) {
  }
}

// Whole thousandths only, so that the rest of the time is not lost; the thread that moves the mark adds what
// it moved by.
void retry_budget::refill(instant now) {
  if (options_.per_second_milli == 0) return;
  const std::int64_t ns_per_milli = 1'000'000'000 / options_.per_second_milli;
  std::int64_t mark = refilled_to_.load(std::memory_order_relaxed);
  for (;;) {
    const std::int64_t due = (now.time_since_epoch().count() - mark) / ns_per_milli;
    if (due <= 0) return;
    if (!refilled_to_.compare_exchange_weak(mark, mark + due * ns_per_milli, std::memory_order_relaxed))
      continue;
    add(std::min(due, options_.cap_milli));
    return;
  }
}

}  // namespace epicenter::resilience
