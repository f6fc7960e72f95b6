// Whether the patient context is degraded: told as strictly alternating pairs of events.
#pragma once

#include <array>
#include <epicenter/epic/announcer.hpp>
#include <epicenter/resilience/breaker_event.hpp>
#include <epicenter/runtime/task.hpp>

namespace epicenter::epic {

/// Begins with the first stale answer, or when a breaker opens that stands before data with a fallback. Ends
/// once every such breaker is closed, then three live answers came, then five seconds went by: recovery that
/// lasts, not a flicker.
class degradation {
 public:
  /// Its timer runs in the group.
  degradation(runtime::runtime&, announcer&, runtime::task_group& background);

  void served_stale(resilience::endpoint_class, std::string_view reason, duration age, duration bound);
  void served_live();
  void on_breaker(resilience::endpoint_class, const resilience::breaker_event&, duration bound);
  /// Closes an open pair: the adapter goes.
  void shut_down();
  bool active() const { return active_; }

 private:
  void activate(resilience::endpoint_class, std::string_view reason, duration bound);
  void deactivate(std::string_view reason);
  void disturb();
  runtime::task<> end_when_calm(std::uint64_t disturbances);

  runtime::runtime& runtime_;
  announcer& told_;
  runtime::task_group& background_;
  std::array<bool, resilience::endpoint_class_count> closed_;
  bool active_ = false;
  std::uint64_t id_ = 0;
  instant since_{};
  std::uint64_t stale_answers_ = 0;
  duration oldest_{};
  std::uint32_t live_answers_ = 0;  // since the last disturbance
  std::uint64_t disturbances_ = 0;  // stale answers and breakers that left closed
};

}  // namespace epicenter::epic
