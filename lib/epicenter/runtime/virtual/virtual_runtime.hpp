// Virtual time: a discrete-event simulation of clock and network in one thread. The same seed gives the same
// run.
#pragma once

#include <epicenter/runtime/runtime.hpp>
#include <epicenter/runtime/virtual/link_model.hpp>
#include <vector>

namespace epicenter::runtime {

struct virtual_options {
  std::uint64_t seed = 1;
  wall_time wall_epoch{
      std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}};  ///< fixed: runs are reproducible
  link_model link;
  duration blocking_latency = 300us;  ///< modelled cost of blocking work (a group-committed fsync on an SSD)
};

/// How a virtual run ended.
enum class run_end {
  finished,  ///< no task is left
  stuck,     ///< tasks are alive but nothing is due: live_tasks() names them
  limit,     ///< the time limit was reached
};

class virtual_runtime final : public runtime {
 public:
  explicit virtual_runtime(virtual_options);
  ~virtual_runtime() override;

  executor get_executor() override;
  instant now() const override;
  void wait_until(instant, wait_handler) override;
  void connect(endpoint, connect_handler) override;
  result<listener_ptr> listen(endpoint) override;
  void run_blocking(std::function<void()> work, boost::asio::any_completion_handler<void()> done) override;
  void fail_run(std::exception_ptr, std::string_view task_name) override;

  /// Runs until every task has ended, nothing is due, or `limit`. Rethrows what a task threw, with the seed
  /// and the last events added to it.
  run_end run(instant limit = instant::max());

  /// The link to endpoints of that host (default: options.link). Takes effect for new connections.
  void set_link(std::string host, link_model);
  /// Names that do not resolve; the empty list makes every name resolve.
  void set_unknown_hosts(std::vector<std::string> hosts);

  std::uint64_t events_run() const;
  /// A hash over (time, kind) of every event so far: equal runs have equal hashes.
  std::uint64_t event_hash() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace epicenter::runtime
