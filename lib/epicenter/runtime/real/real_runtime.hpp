// The real world: TCP and Unix sockets by Asio on epoll, CLOCK_BOOTTIME, one event loop in one thread.
#pragma once

#include <epicenter/runtime/runtime.hpp>
#include <optional>
#include <vector>

namespace epicenter::runtime {

/// Where the time of a runtime begins: since the machine was started, and on the calendar.
struct real_epoch {
  duration since_boot{};
  wall_time wall{};
};

struct real_options {
  std::uint64_t seed = 0;  ///< 0: drawn from the operating system
  std::size_t blocking_threads = 2;
  std::optional<real_epoch> epoch = {};  ///< that of another runtime, so that their times compare; empty: now
};

class real_runtime final : public runtime {
 public:
  explicit real_runtime(real_options = {});
  ~real_runtime() override;

  executor get_executor() override;
  instant now() const override;
  void wait_until(instant, wait_handler) override;
  void connect(endpoint, connect_handler) override;
  result<listener_ptr> listen(endpoint) override;
  void run_blocking(std::function<void()> work, boost::asio::any_completion_handler<void()> done) override;
  unseen_relay_ptr relay_unseen(stream&, stream&, relay_counters&, std::function<void()> on_done) override;
  void fail_run(std::exception_ptr, std::string_view task_name) override;

  real_epoch epoch() const;
  /// Calls the function on this runtime's thread soon. May be called from any thread. Where the run ends
  /// first, it is never called.
  void post(std::function<void()>);
  /// Runs the loop on the calling thread until no task is left or stop() was called. Rethrows what a task
  /// threw.
  void run();
  /// Ends run() soon. May be called from any thread.
  void stop();

 private:
  friend class runtime_team;
  real_runtime(const real_options&, const real_epoch&);
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// The next of these signals (SIGINT, SIGTERM, …) that the process receives from this call on, whenever the
/// task runs. Then they end the process again; so does the same signal twice where the loop does not get to
/// the first.
task<result<int>> wait_for_signal(real_runtime&, std::vector<int> signals);

}  // namespace epicenter::runtime
