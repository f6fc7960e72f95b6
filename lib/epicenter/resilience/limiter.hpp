// How fast calls may be sent to a server that answers «too many».
#pragma once

#include <cstddef>
#include <cstdint>
#include <epicenter/base/time.hpp>
#include <epicenter/resilience/limiter_waiter.hpp>
#include <epicenter/resilience/send_rate.hpp>

namespace epicenter::resilience {

/// Rates are in thousandths of a request a second.
struct limiter_options {
  /// CUBIC: what a throttled answer leaves of the rate, and how steeply it grows back. In thousandths.
  std::int64_t beta_permille = 700;
  std::int64_t growth_permille = 400;
  /// Never slower than this: 1 request a second.
  std::int64_t floor_milli = 1'000;
  /// One decrease in so long, and one in each period that a server asks to wait for, however many answers
  /// say so.
  duration decrease_gap = 500ms;
  /// So much may be sent at once after a pause; at least one request.
  duration burst = 100ms;
  /// Off again after so long without a throttled answer, once the rate limits nothing.
  duration calm = 60s;
  /// At most so many wait.
  std::size_t queue_limit = 256;
};

/// Off, and nearly free, until the first throttled answer; then a token bucket whose rate falls to 0.7 and
/// grows back by CUBIC, never above twice what is really sent. Also keeps the moment that a server asked
/// everybody to wait for («not before»). A repetition costs what a first attempt costs. First come, first
/// served. One per host and class. Integers throughout; no clock, no timer: whoever waits comes back with
/// poll() after wait_of(). NOT thread-safe: one limiter belongs to one runtime.
class limiter {
 public:
  explicit limiter(limiter_options = {});
  limiter(const limiter&) = delete;
  limiter& operator=(const limiter&) = delete;
  /// No waiter may be left.
  ~limiter() = default;

  /// Asks for leave to send once. Afterwards the (idle) waiter is granted, waiting (on_wake comes through
  /// poll(), or cancel), or rejected: its turn would come after `remaining`, or too many wait.
  limiter_waiter::state enter(limiter_waiter&, instant now, duration remaining = duration::max());
  /// The same for who does not want to wait: true where it may send at once.
  bool try_send(instant now);
  /// How long until this waiter's turn as things stand, at least 1 us. Who is first in the queue calls poll()
  /// then, and asks again when on_wake() finds it still waiting: its turn has come nearer. The others need
  /// no timer.
  duration wait_of(const limiter_waiter&, instant now);
  /// Grants whoever's turn has come.
  void poll(instant now);
  /// Rejects everybody who waits: the breaker opened.
  void fail_all(rejection);

  /// A throttled answer. retry_after: what the server asked for; 0: nothing.
  void on_throttled(instant now, duration retry_after);
  /// A good answer: the rate may grow.
  void on_answer(instant now);
  /// Nobody is granted before this. Only moves forward.
  void hold_until(instant);
  /// How long the server's wish still holds; 0: not at all.
  duration held(instant now) const { return now < not_before_ ? not_before_ - now : duration{0}; }

  bool on() const { return on_; }
  /// What may be sent; meaningful while on.
  std::int64_t rate_milli() const { return rate_milli_; }
  std::int64_t measured_milli() const { return sent_.milli(); }
  std::size_t waiting() const { return queue_.size(); }
  bool is_first(const limiter_waiter& waiter) const { return queue_.first() == &waiter; }
  /// Times the rate was lowered.
  std::uint64_t decreases() const { return decreases_; }
  std::uint64_t granted() const { return granted_; }

 private:
  friend class limiter_waiter;

  // A rate in thousandths a second times a time in nanoseconds is exact in this unit: 10^12 are one request.
  static constexpr std::int64_t one_request = 1'000'000'000'000;

  void see(instant now);
  void refill();
  void grant_due();
  void nudge();
  void set_rate(std::int64_t milli);
  std::int64_t capacity() const;
  std::int64_t cubic_milli() const;
  void turn_off_if_calm();
  duration wait_behind(std::size_t ahead) const;
  bool may_send() const;
  void debit();
  void leave(limiter_waiter&);

  limiter_options options_;
  send_rate sent_;
  limiter_queue queue_;
  instant now_{};  // the latest time seen
  bool on_ = false;
  std::int64_t rate_milli_ = 0;
  std::int64_t tokens_ = 0;
  instant refilled_at_{};
  instant not_before_{};
  std::int64_t before_milli_ = 0;   // the rate that was too much
  std::int64_t back_after_ms_ = 0;  // CUBIC's K: when the rate is there again
  instant lowered_at_{};
  instant next_decrease_{};
  instant throttled_at_{};
  std::uint64_t decreases_ = 0;
  std::uint64_t granted_ = 0;
};

}  // namespace epicenter::resilience
