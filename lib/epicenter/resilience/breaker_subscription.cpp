#include <epicenter/base/check.hpp>
#include <epicenter/resilience/breaker_subscription.hpp>

namespace epicenter::resilience {

breaker_subscription::breaker_subscription(const breaker& from, std::uint64_t capacity)
    : from_(from), capacity_(capacity) {
  EPICENTER_CHECK(capacity >= 1, "breaker subscription: a capacity of at least 1");
}

event_batch breaker_subscription::take() {
  std::optional<breaker_event> standing;
  if (next_ == 0) {
    standing = from_.standing();
    next_ = standing->seq + 1;
  }
  event_batch batch = from_.drain_events(next_);
  if (batch.events.size() > capacity_) {
    const auto behind = batch.events.size() - capacity_;
    batch.events.erase(batch.events.begin(), batch.events.begin() + static_cast<std::ptrdiff_t>(behind));
    batch.dropped += behind;
  }
  batch.standing = std::move(standing);
  next_ = batch.next;
  dropped_ += batch.dropped;
  return batch;
}

}  // namespace epicenter::resilience
