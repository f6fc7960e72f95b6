// All of it together: one event stream of a process, its logs, its metrics, and the watch over its clock.
#pragma once

#include <epicenter/operations/clock_watch.hpp>
#include <epicenter/operations/epic_metrics.hpp>
#include <epicenter/operations/event_stream.hpp>
#include <epicenter/operations/log_writer.hpp>
#include <epicenter/operations/upkeep_metrics.hpp>
#include <optional>

namespace epicenter::operations {

struct observability_options {
  std::string api_log;    ///< path; empty: none is kept
  std::string audit_log;  ///< path; empty: none is kept
  std::uint64_t max_log_bytes = 64 * 1024 * 1024;
  unsigned keep_logs = 9;
  /// What the calendar says: runtime::system_time in a real process. Default: the runtime's, which is counted
  /// from the boot clock and so never steps by itself.
  std::function<wall_time()> wall;
  duration least_clock_step = 1s;
};

/// Lives as long as its adapters, on their runtime's thread. The wall clock is compared with the boot clock
/// at each batch of events that a log writes, and whenever metrics are asked for; a step is an event.
class observability {
 public:
  observability(runtime::runtime&, observability_options);
  observability(const observability&) = delete;
  observability& operator=(const observability&) = delete;

  /// For the adapter of this tenant.
  epic::event_observer observer(std::string tenant) { return stream_.observer(std::move(tenant)); }
  /// For the upkeep of the stores.
  std::function<void(const upkeep_ran&)> upkeep_observer();
  /// To follow the events oneself.
  event_stream& stream() { return stream_; }

  /// Compares the clocks now.
  void check_clock();
  /// For Prometheus to read; see metric_content_type.
  std::string metrics(const std::vector<epic::provider_snapshot>& providers = {},
                      const std::optional<upkeep_report>& stores = {});
  /// Waits until the logs are written as far as they can be; false where the deadline came first. The last
  /// thing before the end of a process.
  runtime::task<bool> flush(instant deadline);

 private:
  wall_time read_clock();
  void write_own(metric_text&) const;

  runtime::runtime& runtime_;
  observability_options options_;
  event_stream stream_;
  epic_metrics metrics_;
  clock_watch clock_;
  std::vector<std::unique_ptr<log_writer>> logs_;
  std::vector<std::string> log_names_;  // of logs_
};

}  // namespace epicenter::operations
