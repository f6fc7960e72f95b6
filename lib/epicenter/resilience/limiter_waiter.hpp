// A place in the limiter's queue.
#pragma once

#include <cstddef>
#include <cstdint>
#include <epicenter/resilience/rejection.hpp>

namespace epicenter::resilience {

class limiter;

/// To be embedded in the coroutine frame that waits. Destruction cancels: a place in the queue is left, a
/// grant that was not taken goes back.
class limiter_waiter {
 public:
  enum class state : std::uint8_t { idle, waiting, granted, rejected };

  limiter_waiter() = default;
  limiter_waiter(const limiter_waiter&) = delete;
  limiter_waiter& operator=(const limiter_waiter&) = delete;
  virtual ~limiter_waiter() { cancel(); }

  state status() const { return state_; }
  /// After granted: the request is sent now. The waiter is idle again.
  void take();
  /// After rejected.
  rejection why() const { return why_; }
  /// The caller no longer wants to send: harmless in every state; the waiter is idle again.
  void cancel();

 protected:
  /// The wait is over: status() is granted or rejected; or it is still waiting, is the first of the queue,
  /// and must ask limiter::wait_of again. Called from inside limiter functions; should post, not run, the
  /// waiting task. Must not destroy the waiter.
  virtual void on_wake() noexcept = 0;

 private:
  friend class limiter;
  friend class limiter_queue;
  limiter* owner_ = nullptr;
  limiter_waiter* previous_ = nullptr;
  limiter_waiter* next_ = nullptr;
  rejection why_{};
  state state_ = state::idle;
};

/// First in, first out, out of the middle in O(1); allocates nothing.
class limiter_queue {
 public:
  void push(limiter_waiter&);
  void remove(limiter_waiter&);
  limiter_waiter* first() const { return first_; }
  std::size_t size() const { return size_; }
  /// How many came before it.
  std::size_t ahead_of(const limiter_waiter&) const;

 private:
  limiter_waiter* first_ = nullptr;
  limiter_waiter* last_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace epicenter::resilience
