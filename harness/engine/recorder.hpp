// Turns what the adapter tells about itself into the observations that are judged.
#pragma once

#include <epicenter/epic/events.hpp>
#include <epicenter/runtime/task.hpp>
#include <unordered_map>

#include "harness/verdict/observations.hpp"
#include "reports/run_record.hpp"

namespace epicenter::engine {

class recorder {
 public:
  recorder(runtime::runtime&, instant start);

  void on_event(const epic::event&);
  /// A line of the experiment's own: goes to the timeline, and is text that leaves the process.
  void note(std::string event, std::string detail);

  /// Requests that the adapter has sent and that are unanswered.
  std::size_t in_flight() const { return open_.size(); }
  /// Waits until at least so many are in flight: errc::timed_out, errc::cancelled.
  runtime::task<result<>> wait_for_in_flight(std::size_t at_least, instant deadline);

  verdict::observations seen;
  std::vector<reports::timeline_entry> timeline;

 private:
  void take(const epic::events::call_started&, instant);
  void take(const epic::events::call_ended&, instant);
  void take(const epic::events::retry_scheduled&, instant) {}
  void take(const epic::events::token_refreshed&, instant);
  void take(const epic::events::token_refresh_failed&, instant);
  void take(const epic::events::token_invalidated&, instant);
  void take(const epic::events::circuit_changed&, instant);
  void take(const epic::events::degradation_activated&, instant);
  void take(const epic::events::degradation_deactivated&, instant);
  void take(const epic::events::stale_served&, instant);
  void take(const epic::events::write_changed&, instant);
  void take(const epic::events::safety_alarm&, instant);
  void take(const epic::events::quota_parked&, instant);
  void take(const epic::events::key_changed&, instant);
  void take(const epic::events::access_warning&, instant);

  runtime::runtime& runtime_;
  instant start_;
  std::unordered_map<std::string, std::size_t>
      open_;  ///< X-Request-Id to position in seen.calls; never walked
  runtime::event more_in_flight_;
};

}  // namespace epicenter::engine
