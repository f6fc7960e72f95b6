// A task that others can cancel while its owner awaits it.
#pragma once

#include <epicenter/runtime/task.hpp>

namespace epicenter::runtime {

/// Runs tasks for one owner, one after the other, as if the owner awaited them itself: a task begins at once,
/// and its owner goes on where it ends. A task_group does neither: each costs it two turns of the loop and a
/// dozen allocations. Outlives what it runs.
class cancel_scope {
 public:
  explicit cancel_scope(runtime& rt) : rt_(rt) {}
  cancel_scope(const cancel_scope&) = delete;
  cancel_scope& operator=(const cancel_scope&) = delete;

  /// Asks the running task and all later ones to stop: their waits complete with errc::cancelled. They finish
  /// in their own time.
  void cancel();
  /// The task's result; what it throws is thrown here. A cancellation of the owner cancels the scope.
  template <class T>
  task<T> run(task<T>);

 private:
  runtime& rt_;
  std::shared_ptr<detail::child_control> running_;
  bool cancelled_ = false;
};

inline void cancel_scope::cancel() {
  cancelled_ = true;
  if (running_) running_->cancel();
}

template <class T>
task<T> cancel_scope::run(task<T> body) {
  const auto before = co_await boost::asio::this_coro::cancellation_state;
  if (detail::is_set(before)) cancelled_ = true;
  EPICENTER_CHECK(!running_, "a scope runs one task at a time");
  const auto outcome = std::make_shared<detail::child_outcome<T>>(rt_);
  if (cancelled_) outcome->cancel();
  running_ = outcome;
  auto running = detail::run_child_of<T>(rt_, outcome, std::move(body));
  co_await std::move(running);
  running_.reset();
  if (outcome->thrown) std::rethrow_exception(outcome->thrown);
  if constexpr (!std::is_void_v<T>) {
    EPICENTER_CHECK(outcome->value.has_value(), "a task that did not throw has a result");
    co_return std::move(*outcome->value);
  }
}

}  // namespace epicenter::runtime
