#include <epicenter/base/check.hpp>
#include <epicenter/resilience/limiter.hpp>

namespace epicenter::resilience {

void limiter_waiter::take() {
  EPICENTER_CHECK(state_ == state::granted, "leave to send is taken once, after it was granted");
  state_ = state::idle;
  owner_ = nullptr;
}

void limiter_waiter::cancel() {
  if (owner_ != nullptr) owner_->leave(*this);
  state_ = state::idle;
}

void limiter_queue::push(limiter_waiter& waiter) {
  waiter.previous_ = last_;
  waiter.next_ = nullptr;
  (last_ == nullptr ? first_ : last_->next_) = &waiter;
  last_ = &waiter;
  ++size_;
}

void limiter_queue::remove(limiter_waiter& waiter) {
  (waiter.previous_ == nullptr ? first_ : waiter.previous_->next_) = waiter.next_;
  (waiter.next_ == nullptr ? last_ : waiter.next_->previous_) = waiter.previous_;
  waiter.previous_ = waiter.next_ = nullptr;
  --size_;
}

std::size_t limiter_queue::ahead_of(const limiter_waiter& waiter) const {
  std::size_t ahead = 0;
  for (const limiter_waiter* w = waiter.previous_; w != nullptr; w = w->previous_) ++ahead;
  return ahead;
}

}  // namespace epicenter::resilience
