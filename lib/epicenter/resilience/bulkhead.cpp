#include <algorithm>
#include <epicenter/base/check.hpp>
#include <epicenter/resilience/bulkhead.hpp>

namespace epicenter::resilience {

using status = bulkhead_waiter::state;

bulkhead_slot& bulkhead_slot::operator=(bulkhead_slot&& other) noexcept {
  if (this != &other) {
    if (owner_ != nullptr) owner_->leave(owner_->last_seen_);
    owner_ = std::exchange(other.owner_, nullptr);
  }
  return *this;
}

bulkhead_slot::~bulkhead_slot() {
  if (owner_ != nullptr) owner_->leave(owner_->last_seen_);
}

void bulkhead_slot::release(instant now) {
  if (owner_ != nullptr) std::exchange(owner_, nullptr)->leave(now);
}

bulkhead_waiter::~bulkhead_waiter() {
  if (owner_ != nullptr) owner_->cancel(*this, owner_->last_seen_);
}

bulkhead_slot bulkhead_waiter::take() {
  EPICENTER_CHECK(state_ == state::granted, "a slot is taken once, after it was granted");
  state_ = state::idle;
  return bulkhead_slot(std::exchange(owner_, nullptr));
}

void bulkhead_waiter::cancel(instant now) {
  if (owner_ != nullptr) owner_->cancel(*this, now);
  state_ = state::idle;
}

bulkhead::bulkhead(bulkhead_options options) : options_(options) {
  EPICENTER_CHECK(options_.limit >= 1, "bulkhead: a limit of at least 1");
  EPICENTER_CHECK(options_.target > 0ns && options_.target < options_.interval,
                  "bulkhead: 0 < target < interval");
}

status bulkhead::enter(bulkhead_waiter& waiter, const request& r) {
  EPICENTER_CHECK(waiter.state_ == status::idle || waiter.state_ == status::rejected,
                  "a waiter enters once at a time");
  if (bulkhead_slot slot = try_enter(r.now)) {
    waiter.owner_ = std::exchange(slot.owner_, nullptr);
    return waiter.state_ = status::granted;
  }
  const bool hopeless = r.remaining <= 0ns || r.remaining < r.p50;
  if (hopeless || waiting_ >= std::min(options_.queue_limit, options_.limit)) {
    const auto why = hopeless ? rejection_reason::deadline_unreachable : rejection_reason::bulkhead_full;
    waiter.why_ = rejection{why, 0ns};
    return waiter.state_ = status::rejected;
  }
  waiter.owner_ = this;
  waiter.since_ = last_seen_;
  push_back(waiter);
  return waiter.state_ = status::waiting;
}

bulkhead_slot bulkhead::try_enter(instant now) {
  see(now);
  observe(last_seen_);
  shed(last_seen_);
  grant_free(last_seen_);
  if (waiting_ != 0 || running_ >= limit_at(last_seen_)) return bulkhead_slot();
  ++running_;
  return bulkhead_slot(this);
}

void bulkhead::leave(instant now) {
  EPICENTER_CHECK(running_ > 0, "bulkhead: more calls left than entered");
  --running_;
  see(now);
  observe(last_seen_);
  shed(last_seen_);
  grant_free(last_seen_);
}

void bulkhead::cancel(bulkhead_waiter& waiter, instant now) {
  const status was = std::exchange(waiter.state_, status::idle);
  waiter.owner_ = nullptr;
  if (was == status::waiting) unlink(waiter);
  if (was == status::granted) leave(now);
}

// CoDel: the wait of whoever waits longest is what a first-in-first-out queue would give now. An empty queue
// is no overload, however it became empty.
void bulkhead::observe(instant now) {
  if (oldest_ == nullptr) {
    overloaded_ = false;
    least_wait_ = duration::max();
    interval_end_ = now + options_.interval;
    return;
  }
  least_wait_ = std::min(least_wait_, now - oldest_->since_);
  if (now < interval_end_) return;
  overloaded_ = least_wait_ > options_.target;
  least_wait_ = duration::max();
  interval_end_ = now + options_.interval;
}

void bulkhead::shed(instant now) {
  while (overloaded_ && oldest_ != nullptr && now - oldest_->since_ > 2 * options_.target) {
    wake(*oldest_, status::rejected, rejection{rejection_reason::queue_shed, 0ns});
  }
}

void bulkhead::grant_free(instant now) {
  while (oldest_ != nullptr && running_ < limit_at(now)) {
    ++running_;
    wake(overloaded_ ? *newest_ : *oldest_, status::granted, rejection{});
  }
}

void bulkhead::fail_all(rejection why) {
  // Counted first: whoever queues again from inside on_wake is not of this call.
  for (std::size_t left = waiting_; left > 0 && oldest_ != nullptr; --left)
    wake(*oldest_, status::rejected, why);
}

void bulkhead::wake(bulkhead_waiter& waiter, status to, rejection why) {
  unlink(waiter);
  if (to == status::rejected) waiter.owner_ = nullptr;
  waiter.state_ = to;
  waiter.why_ = why;
  waiter.on_wake();
}

void bulkhead::start_ramp(instant now, duration length) {
  see(now);
  ramp_start_ = last_seen_;
  ramp_length_ = std::max<duration>(length, 0ns);
}

void bulkhead::set_limit(std::size_t limit, instant now) {
  EPICENTER_CHECK(limit >= 1, "bulkhead: a limit of at least 1");
  options_.limit = limit;
  see(now);
  grant_free(last_seen_);
}

std::size_t bulkhead::limit_at(instant now) const {
  if (ramp_length_ <= 0ns || now - ramp_start_ >= ramp_length_) return options_.limit;
  const std::int64_t elapsed = std::max<std::int64_t>((now - ramp_start_).count(), 0);
  const auto permille = static_cast<std::size_t>(100 + elapsed / (ramp_length_.count() / 900 + 1));
  return std::max<std::size_t>(1, options_.limit * permille / 1000);
}

void bulkhead::push_back(bulkhead_waiter& waiter) {
  waiter.previous_ = newest_;
  waiter.next_ = nullptr;
  (newest_ == nullptr ? oldest_ : newest_->next_) = &waiter;
  newest_ = &waiter;
  ++waiting_;
}

void bulkhead::unlink(bulkhead_waiter& waiter) {
  (waiter.previous_ == nullptr ? oldest_ : waiter.previous_->next_) = waiter.next_;
  (waiter.next_ == nullptr ? newest_ : waiter.next_->previous_) = waiter.previous_;
  waiter.previous_ = waiter.next_ = nullptr;
  --waiting_;
}

void bulkhead::see(instant now) {
  last_seen_ = std::max(last_seen_, now);
}

}  // namespace epicenter::resilience
