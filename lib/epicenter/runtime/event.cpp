#include <boost/asio/this_coro.hpp>
#include <epicenter/runtime/detail/parking.hpp>
#include <epicenter/runtime/task.hpp>

namespace epicenter::runtime {

struct event::state {
  explicit state(runtime& world) : rt(world) {}
  runtime& rt;
  detail::parking_lot lot;
};

event::event(runtime& rt) : state_(std::make_shared<state>(rt)) {}

event::~event() {
  // Whoever still waits is told so instead of waiting for ever; it holds the state itself.
  if (state_->lot.size() > 0) state_->lot.wake_all();
}

task<result<>> event::wait(instant deadline) {
  const std::shared_ptr<state> shared = state_;
  const auto before = co_await boost::asio::this_coro::cancellation_state;
  if (before.cancelled() != boost::asio::cancellation_type::none) co_return fail(errc::cancelled);
  detail::parked self(shared->lot);
  bool cancelled = false;
  // Leaving at once, not when the task gets to run again, is what keeps notify_one from waking a cancelled
  // waiter.
  auto on_cancel = [&self, &cancelled] {
    if (self.was_woken()) return;
    cancelled = true;
    self.leave();
    self.timer().emit(boost::asio::cancellation_type::terminal);
  };
  auto parking = detail::park(shared->rt, self, deadline, on_cancel);
  co_await std::move(parking);
  if (self.was_woken()) co_return result<>{};
  if (cancelled) co_return fail(errc::cancelled);
  co_return fail(errc::timed_out);
}

void event::notify_one() {
  state_->lot.wake_one();
}
void event::notify_all() {
  state_->lot.wake_all();
}
std::size_t event::waiters() const {
  return state_->lot.size();
}

}  // namespace epicenter::runtime
