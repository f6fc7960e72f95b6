#include <algorithm>
#include <epicenter/base/check.hpp>
#include <epicenter/resilience/limiter.hpp>
#include <utility>

namespace epicenter::resilience {
namespace {

using status = limiter_waiter::state;

constexpr std::int64_t most_milli = 1'000'000'000;  // a million a second
constexpr std::int64_t most_ms = 200'000;           // beyond, CUBIC's curve is at its bounds anyway

std::int64_t cube_root(std::int64_t of) {
  std::int64_t low = 0;
  std::int64_t high = most_ms;
  while (low < high) {
    const std::int64_t middle = (low + high + 1) / 2;
    if (middle * middle * middle <= of) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

void check(const limiter_options& o) {
  EPICENTER_CHECK(o.beta_permille >= 1 && o.beta_permille < 1'000, "limiter: 0 < beta < 1");
  EPICENTER_CHECK(o.growth_permille >= 1 && o.growth_permille <= 1'000, "limiter: 0 < growth <= 1");
  EPICENTER_CHECK(o.floor_milli >= 1 && o.floor_milli <= most_milli, "limiter: floor");
  EPICENTER_CHECK(o.decrease_gap >= 0ns && o.burst >= 0ns && o.burst <= 10s && o.calm >= 0ns,
                  "limiter: no time is negative, a burst is at most 10 s");
}

instant later(instant now, duration by) {
  return by > instant::max() - now ? instant::max() : now + by;
}

}  // namespace

limiter::limiter(limiter_options options) : options_(options) {
  check(options_);
}

status limiter::enter(limiter_waiter& waiter, instant now, duration remaining) {
  EPICENTER_CHECK(waiter.state_ == status::idle || waiter.state_ == status::rejected,
                  "a waiter enters once at a time");
  if (try_send(now)) {
    waiter.owner_ = this;
    return waiter.state_ = status::granted;
  }
  const duration wait = wait_behind(queue_.size());
  if (wait >= remaining) {
    waiter.why_ = rejection{rejection_reason::rate_limited, wait};
    return waiter.state_ = status::rejected;
  }
  if (queue_.size() >= options_.queue_limit) {
    waiter.why_ = rejection{rejection_reason::limiter_full, wait};
    return waiter.state_ = status::rejected;
  }
  waiter.owner_ = this;
  queue_.push(waiter);
  return waiter.state_ = status::waiting;
}

bool limiter::try_send(instant now) {
  see(now);
  turn_off_if_calm();
  grant_due();
  if (queue_.first() != nullptr || !may_send()) return false;
  debit();
  return true;
}

duration limiter::wait_of(const limiter_waiter& waiter, instant now) {
  see(now);
  if (on_) refill();
  return wait_behind(queue_.ahead_of(waiter));
}

void limiter::poll(instant now) {
  see(now);
  grant_due();
}

void limiter::fail_all(rejection why) {
  // Counted first: whoever queues again from inside on_wake is not of this call.
  for (std::size_t left = queue_.size(); left > 0 && queue_.first() != nullptr; --left) {
    limiter_waiter& next = *queue_.first();
    queue_.remove(next);
    next.owner_ = nullptr;
    next.why_ = why;
    next.state_ = status::rejected;
    next.on_wake();
  }
}

void limiter::on_throttled(instant now, duration retry_after) {
  see(now);
  throttled_at_ = now_;
  // The rate before the pause is what was too much.
  const std::int64_t sending = on_ ? std::min(rate_milli_, sent_.milli()) : sent_.milli();
  if (retry_after > 0ns) hold_until(later(now_, retry_after));
  const bool known_already = on_ && now_ < next_decrease_;
  if (!known_already) next_decrease_ = now_ + options_.decrease_gap;
  next_decrease_ = std::max(next_decrease_, not_before_);
  if (known_already) return;
  if (!on_) {
    on_ = true;
    tokens_ = 0;
    refilled_at_ = now_;
  }
  before_milli_ = std::clamp(sending, options_.floor_milli, most_milli);
  const std::int64_t lost = 1'000 - options_.beta_permille;
  back_after_ms_ = cube_root(1'000'000 * before_milli_ * lost / options_.growth_permille);
  lowered_at_ = now_;
  ++decreases_;
  set_rate(before_milli_ * options_.beta_permille / 1'000);
}

void limiter::on_answer(instant now) {
  see(now);
  if (!on_) return;
  set_rate(std::min(cubic_milli(), 2 * sent_.milli()));
  turn_off_if_calm();
  grant_due();
}

void limiter::hold_until(instant until) {
  if (until <= not_before_) return;
  not_before_ = until;
  sent_.pause_until(until);
}

// w(t) = C * (t - K)^3 + w_max, t since the decrease (and since the server lets anybody send again).
std::int64_t limiter::cubic_milli() const {
  const instant from = std::max(lowered_at_, not_before_);
  const std::int64_t since_ms = now_ > from ? (now_ - from) / 1ms : 0;
  const std::int64_t x = std::clamp(since_ms - back_after_ms_, -most_ms, most_ms);
  const std::int64_t grown = options_.growth_permille * x * x * x / 1'000'000'000;
  return std::clamp(grown + before_milli_, std::int64_t{0}, most_milli);
}

void limiter::turn_off_if_calm() {
  if (!on_ || now_ - throttled_at_ < options_.calm || cubic_milli() < 2 * sent_.milli()) return;
  on_ = false;
}

void limiter::set_rate(std::int64_t milli) {
  refill();
  const std::int64_t before = std::exchange(rate_milli_, std::clamp(milli, options_.floor_milli, most_milli));
  tokens_ = std::min(tokens_, capacity());
  if (rate_milli_ > before) nudge();
}

// Only the first in the queue needs a timer, so it must know when it has become that, or when its turn came
// nearer.
void limiter::nudge() {
  if (queue_.first() != nullptr) queue_.first()->on_wake();
}

std::int64_t limiter::capacity() const {
  return std::max(one_request, rate_milli_ * options_.burst.count());
}

void limiter::see(instant now) {
  now_ = std::max(now_, now);
  sent_.roll(now_);
}

void limiter::refill() {
  const std::int64_t elapsed = (now_ - refilled_at_).count();
  refilled_at_ = now_;
  if (rate_milli_ == 0) return;
  const std::int64_t room = capacity() - tokens_;
  tokens_ += elapsed >= room / rate_milli_ + 1 ? room : std::min(room, elapsed * rate_milli_);
}

bool limiter::may_send() const {
  return now_ >= not_before_ && (!on_ || tokens_ >= one_request);
}

void limiter::debit() {
  if (on_) tokens_ -= one_request;
  sent_.sent(now_);
  ++granted_;
}

void limiter::grant_due() {
  if (on_) refill();
  const limiter_waiter* const first = queue_.first();
  while (queue_.first() != nullptr && may_send()) {
    limiter_waiter& next = *queue_.first();
    queue_.remove(next);
    debit();
    next.state_ = status::granted;
    next.on_wake();
  }
  if (queue_.first() != first) nudge();
}

duration limiter::wait_behind(std::size_t ahead) const {
  const duration held_for = held(now_);
  if (!on_) return std::max<duration>(held_for, 1us);
  // The bucket fills while the server's pause lasts, too.
  const std::int64_t needed = (static_cast<std::int64_t>(ahead) + 1) * one_request;
  const std::int64_t at_resume = held_for.count() > (capacity() - tokens_) / rate_milli_
                                     ? capacity()
                                     : std::min(capacity(), tokens_ + held_for.count() * rate_milli_);
  const std::int64_t missing = std::max<std::int64_t>(needed - at_resume, 0);
  return std::max<duration>(held_for + duration((missing + rate_milli_ - 1) / rate_milli_), 1us);
}

void limiter::leave(limiter_waiter& waiter) {
  const status was = std::exchange(waiter.state_, status::idle);
  waiter.owner_ = nullptr;
  if (was == status::waiting) {
    const bool was_first = queue_.first() == &waiter;
    queue_.remove(waiter);
    if (was_first) nudge();
  }
  if (was != status::granted) return;
  sent_.unsent();
  --granted_;
  if (on_) tokens_ = std::min(capacity(), tokens_ + one_request);
  grant_due();
}

}  // namespace epicenter::resilience
