// How many calls of a class run at one time, and who waits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <epicenter/base/time.hpp>
#include <epicenter/resilience/rejection.hpp>
#include <utility>

namespace epicenter::resilience {

class bulkhead;

struct bulkhead_options {
  std::size_t limit = 64;
  /// At most this many wait; never more than the limit as it is at the moment.
  std::size_t queue_limit = 64;
  /// CoDel: when nobody's wait fell to `target` during an `interval`, the queue is overloaded. target <
  /// interval.
  duration target = 50ms;
  duration interval = 500ms;
  /// The limit is learned, up to `limit`: see aimd_limit. Applied by the owner.
  bool adaptive = false;
};

/// One running call. Gives its place to the next when released or destroyed. Must not outlive its bulkhead.
class bulkhead_slot {
 public:
  bulkhead_slot() = default;
  bulkhead_slot(bulkhead_slot&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
  bulkhead_slot& operator=(bulkhead_slot&& other) noexcept;
  bulkhead_slot(const bulkhead_slot&) = delete;
  bulkhead_slot& operator=(const bulkhead_slot&) = delete;
  /// Without release(now) the last time the bulkhead saw is taken.
  ~bulkhead_slot();

  void release(instant now);
  explicit operator bool() const { return owner_ != nullptr; }

 private:
  friend class bulkhead;
  friend class bulkhead_waiter;
  explicit bulkhead_slot(bulkhead* owner) : owner_(owner) {}
  bulkhead* owner_ = nullptr;
};

/// A place in the queue, to be embedded in the coroutine frame that waits. Destruction cancels: a place in
/// the queue is left, a slot granted but not taken passes on.
class bulkhead_waiter {
 public:
  enum class state : std::uint8_t { idle, waiting, granted, rejected };

  bulkhead_waiter() = default;
  bulkhead_waiter(const bulkhead_waiter&) = delete;
  bulkhead_waiter& operator=(const bulkhead_waiter&) = delete;
  virtual ~bulkhead_waiter();

  state status() const { return state_; }
  /// After granted: the slot; the waiter is idle again.
  bulkhead_slot take();
  /// After rejected.
  rejection why() const { return why_; }
  /// The caller no longer wants to wait: O(1); harmless in every state. The waiter is idle again, on_wake is
  /// not called.
  void cancel(instant now);

 protected:
  /// The wait is over: status() is granted or rejected. Called from inside bulkhead functions; should post,
  /// not run, the waiting task. Must not destroy the waiter.
  virtual void on_wake() noexcept = 0;

 private:
  friend class bulkhead;
  bulkhead* owner_ = nullptr;
  bulkhead_waiter* previous_ = nullptr;
  bulkhead_waiter* next_ = nullptr;
  instant since_{};
  rejection why_{};
  state state_ = state::idle;
};

/// Limit, bounded FIFO queue, and CoDel on the time spent waiting: when overloaded, newest first, and whoever
/// waited longer than 2 * target is shed. Allocates nothing. NOT thread-safe: one bulkhead belongs to one
/// runtime, whose single thread makes granting and cancelling exclude each other. No timer: waiting ends by
/// its own deadline.
class bulkhead {
 public:
  explicit bulkhead(bulkhead_options);
  bulkhead(const bulkhead&) = delete;
  bulkhead& operator=(const bulkhead&) = delete;
  /// No slot and no waiter may be left.
  ~bulkhead() = default;

  struct request {
    instant now{};
    /// To the operation's deadline.
    duration remaining = duration::max();
    /// Median service time of the class; 0: unknown.
    duration p50{0};
  };
  /// Afterwards the (idle) waiter is granted (take() the slot), rejected (why()) or waiting (on_wake comes,
  /// or cancel).
  bulkhead_waiter::state enter(bulkhead_waiter&, const request&);
  /// The same for who does not want to wait: a slot at once, or an empty one.
  bulkhead_slot try_enter(instant now);

  /// Rejects everybody who waits: the breaker opened.
  void fail_all(rejection);
  /// From now on the limit grows from 10 % (at least 1) to 100 % over `length`: the breaker closed again.
  void start_ramp(instant now, duration length);
  /// Takes effect for the next grants; running calls are not touched. At least 1.
  void set_limit(std::size_t limit, instant now);

  std::size_t running() const { return running_; }
  std::size_t waiting() const { return waiting_; }
  std::size_t limit_at(instant now) const;
  bool overloaded() const { return overloaded_; }
  const bulkhead_options& options() const { return options_; }

 private:
  friend class bulkhead_slot;
  friend class bulkhead_waiter;

  void leave(instant now);
  void cancel(bulkhead_waiter&, instant now);
  void observe(instant now);
  void shed(instant now);
  void grant_free(instant now);
  void push_back(bulkhead_waiter&);
  void unlink(bulkhead_waiter&);
  void wake(bulkhead_waiter&, bulkhead_waiter::state, rejection);
  void see(instant now);

  bulkhead_options options_;
  std::size_t running_ = 0;
  std::size_t waiting_ = 0;
  bulkhead_waiter* oldest_ = nullptr;
  bulkhead_waiter* newest_ = nullptr;
  instant last_seen_{};
  instant interval_end_{};
  duration least_wait_ = duration::max();
  bool overloaded_ = false;
  instant ramp_start_{};
  duration ramp_length_{0};
};

}  // namespace epicenter::resilience
