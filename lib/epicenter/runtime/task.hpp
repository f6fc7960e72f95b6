// Starting, joining and limiting tasks.
#pragma once

#include <epicenter/runtime/runtime.hpp>
#include <vector>

namespace epicenter::runtime {

/// Starts a task that nobody joins: only for the top of a program or a test. What it throws fails the run.
void spawn(runtime&, std::string name, task<>);

/// Children that live no longer than their owner: the owner calls `cancel()` and awaits `join()` before it
/// goes. Destroying a group with live children is a broken invariant. A child that throws fails the run.
class task_group {
 public:
  explicit task_group(runtime&);
  ~task_group();
  task_group(const task_group&) = delete;
  task_group& operator=(const task_group&) = delete;

  /// The name appears in live_tasks(). After cancel() new children start cancelled at their first wait.
  void spawn(std::string name, task<>);
  std::size_t size() const;
  /// Asks every child to stop: their waits complete with errc::cancelled. Children finish in their own time.
  void cancel();
  /// Waits until no child is left. Not itself ended by cancellation; one that reaches the waiting owner
  /// cancels the group.
  task<> join();

 private:
  struct state;
  std::shared_ptr<state> state_;
};

/// The task's own result, or errc::timed_out when the deadline passes first. The task is cancelled then and
/// has ended when this returns; a result it nevertheless got is kept, an error becomes the cause of
/// timed_out. A cancellation from outside reaches the task. A task whose deadline is past already is not
/// started.
template <class T>
task<result<T>> with_timeout(runtime&, instant deadline, task<result<T>>);

/// Runs both (or all) at once, ends when the last has ended, keeps their order.
template <class T>
task<std::vector<T>> when_all(runtime&, std::vector<task<T>>);
task<> when_all(runtime&, std::vector<task<>>);

/// True once the running task was asked to stop. Cancellation sticks: every later wait of the task (sleep,
/// connect, accept, read, write, event, with_timeout) completes at once with errc::cancelled. It never
/// throws.
task<bool> is_cancelled();

/// Wakes tasks that wait for something to become true. Waiters are woken in the order they came.
class event {
 public:
  explicit event(runtime&);
  ~event();
  event(const event&) = delete;
  event& operator=(const event&) = delete;

  /// Waits for the next notify after this call: errc::timed_out, errc::cancelled. Cancelling one waiter loses
  /// no notification: notify_one then wakes the next.
  task<result<>> wait(instant deadline);
  void notify_one();
  void notify_all();
  std::size_t waiters() const;

 private:
  struct state;
  std::shared_ptr<state> state_;
};

/// A deadline that never comes.
inline constexpr instant never = instant::max();

}  // namespace epicenter::runtime

#include <epicenter/runtime/task.ipp>
