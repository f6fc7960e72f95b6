#include <boost/asio/bind_cancellation_slot.hpp>
#include <epicenter/runtime/detail/child_control.hpp>

namespace epicenter::runtime::detail {
namespace {

constexpr duration first_repeat = 1ms;
constexpr int most_repeats = 20;  // the intervals double: about 17 minutes in all

}  // namespace

void child_control::cancel() {
  if (cancelled_ || ended_) return;
  cancelled_ = true;
  if (!started_) return;
  timer_.emit(boost::asio::cancellation_type::terminal);
  emit();
}

void child_control::cancel_at(instant deadline) {
  arm(deadline);
}

void child_control::started() {
  started_ = true;
  if (cancelled_) emit();
}

void child_control::ended() {
  ended_ = true;
  timer_.emit(boost::asio::cancellation_type::terminal);
}

void child_control::emit() {
  signal_.emit(boost::asio::cancellation_type::terminal);
  if (!ended_ && repeats_ < most_repeats) arm(rt_.now() + first_repeat * (std::int64_t{1} << repeats_++));
}

void child_control::arm(instant due) {
  auto fired = [self = shared_from_this()](system_error_code cancelled) {
    if (!cancelled) self->timer_fired();
  };
  rt_.wait_until(due, boost::asio::bind_cancellation_slot(timer_.slot(), std::move(fired)));
}

void child_control::timer_fired() {
  if (ended_) return;
  if (!cancelled_) {
    expired_ = true;
    cancel();
    return;
  }
  if (started_) emit();
}

}  // namespace epicenter::runtime::detail
