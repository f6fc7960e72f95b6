#include <epicenter/http/watchdog.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <utility>

namespace epicenter::http {

// Outlives the watchdog for as long as the runtime holds its handler. One a wait: the slot of a cancelled
// wait may be cleared only when its handler runs.
struct watchdog::timer {
  watchdog* owner;
  boost::asio::cancellation_signal cancelled;
};

watchdog::watchdog(runtime::runtime& rt, std::function<void()> on_expired)
    : runtime_(rt), on_expired_(std::move(on_expired)) {}

watchdog::~watchdog() {
  disarm();
}

void watchdog::set(instant deadline) {
  deadline_ = deadline;
  if (deadline < armed_at_) {
    disarm();
    arm(deadline);
  }
}

void watchdog::arm(instant at) {
  armed_at_ = at;
  timer_ = std::make_shared<timer>();
  timer_->owner = this;
  auto on_due = [held = timer_](runtime::system_error_code) {
    if (held->owner != nullptr) held->owner->fired();
  };
  runtime_.wait_until(at, boost::asio::bind_cancellation_slot(timer_->cancelled.slot(), std::move(on_due)));
}

void watchdog::disarm() {
  if (!timer_) return;
  const std::shared_ptr<timer> old = std::move(timer_);
  timer_.reset();
  armed_at_ = runtime::never;
  old->owner = nullptr;
  old->cancelled.emit(boost::asio::cancellation_type::terminal);
}

// What it was armed for has come: the clock need not be asked.
void watchdog::fired() {
  timer_.reset();
  const instant reached = std::exchange(armed_at_, runtime::never);
  if (deadline_ == runtime::never) return;
  if (deadline_ > reached) {
    arm(deadline_);
    return;
  }
  deadline_ = runtime::never;
  const auto call = on_expired_;
  call();
}

}  // namespace epicenter::http
