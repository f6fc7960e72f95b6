// Where tasks wait for each other. The waiting itself is a timer of the runtime, so that a run that ends with
// tasks still waiting can give back what they hold.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <list>
#include <tuple>

namespace epicenter::runtime::detail {

class parking_lot;

/// One waiting task; lives in its coroutine's frame.
class parked {
 public:
  explicit parked(parking_lot& lot);
  ~parked() { leave(); }
  parked(const parked&) = delete;
  parked& operator=(const parked&) = delete;

  void leave();
  bool was_woken() const { return woken_; }
  boost::asio::cancellation_signal& timer() { return timer_; }

 private:
  friend class parking_lot;
  parking_lot* lot_;
  std::list<parked*>::iterator place_;
  boost::asio::cancellation_signal timer_;
  bool woken_ = false;
};

class parking_lot {
 public:
  parking_lot() = default;
  parking_lot(const parking_lot&) = delete;
  parking_lot& operator=(const parking_lot&) = delete;
  std::size_t size() const { return waiting_.size(); }
  /// Wakes the one that has waited longest, if any.
  void wake_one();
  /// Wakes those that wait now.
  void wake_all();

 private:
  friend class parked;
  std::list<parked*> waiting_;
};

/// Waits until the parked task is woken, the deadline passes, or on_cancel (called when the task is
/// cancelled) ends the wait by emitting the timer's signal.
template <class OnCancel>
task<std::tuple<system_error_code>> park(runtime& rt, parked& waiter, instant deadline, OnCancel on_cancel) {
  auto start = [](auto handler, runtime* world, parked* self, instant due, OnCancel cancel) {
    auto outer = boost::asio::get_associated_cancellation_slot(handler);
    if (outer.is_connected()) outer.assign([cancel](boost::asio::cancellation_type) mutable { cancel(); });
    auto done = [h = std::move(handler)](system_error_code code) mutable { std::move(h)(code); };
    world->wait_until(due, boost::asio::bind_cancellation_slot(self->timer().slot(), std::move(done)));
  };
  using token = boost::asio::as_tuple_t<boost::asio::use_awaitable_t<>>;
  token how{boost::asio::use_awaitable};
  return boost::asio::async_initiate<token, void(system_error_code)>(start, how, &rt, &waiter, deadline,
                                                                     std::move(on_cancel));
}

}  // namespace epicenter::runtime::detail
