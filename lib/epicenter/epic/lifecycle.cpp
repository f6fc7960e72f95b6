#include <epicenter/epic/lifecycle.hpp>

namespace epicenter::epic {

void lifecycle::start_call(std::string name, runtime::task<> work) {
  ++calls_under_way_;
  calls_.spawn(std::move(name), counted_call(std::move(work)));
}

void lifecycle::start_write(std::string name, runtime::task<> work) {
  ++writes_under_way_;
  writes_.spawn(std::move(name), counted_write(std::move(work)));
}

runtime::task<> lifecycle::counted_call(runtime::task<> work) {
  co_await std::move(work);
  if (--calls_under_way_ == 0) call_ended_.notify_all();
}

runtime::task<> lifecycle::counted_write(runtime::task<> work) {
  co_await std::move(work);
  if (--writes_under_way_ == 0) write_ended_.notify_all();
}

runtime::task<bool> lifecycle::sleep_until(instant until) {
  while (!stopping_ && runtime_.now() < until) {
    auto woken = co_await stop_signal_.wait(until);
    if (!woken && woken.error() == make_error_code(runtime::errc::cancelled)) co_return false;
  }
  co_return !stopping_;
}

runtime::task<bool> lifecycle::wait_for_writes(instant deadline) {
  while (writes_under_way_ != 0) {
    auto woken = co_await write_ended_.wait(deadline);
    if (!woken) break;
  }
  co_return writes_under_way_ == 0;
}

void lifecycle::begin_stop() {
  stopping_ = true;
  stop_signal_.notify_all();
  background_.cancel();
}

runtime::task<> lifecycle::end_calls(instant deadline) {
  while (calls_under_way_ != 0) {
    auto woken = co_await call_ended_.wait(deadline);
    if (!woken) break;
  }
  calls_.cancel();
  co_await calls_.join();
}

runtime::task<> lifecycle::end_rest() {
  co_await writes_.join();
  co_await calls_.join();  // a write may have begun its last call after the others were joined
  background_.cancel();
  co_await background_.join();
}

}  // namespace epicenter::epic
