// What protects one class of endpoints: its breaker, its bulkhead, and the moment the server asked to wait
// for.
#pragma once

#include <epicenter/epic/announcer.hpp>
#include <epicenter/epic/call.hpp>
#include <epicenter/resilience/breaker.hpp>
#include <epicenter/resilience/bulkhead.hpp>
#include <epicenter/resilience/deadline.hpp>
#include <epicenter/resilience/not_before.hpp>
#include <epicenter/resilience/profile.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/stats/recent_latency.hpp>
#include <functional>

namespace epicenter::epic {

class endpoint_guard {
 public:
  using listener = std::function<void(resilience::endpoint_class, const resilience::breaker_event&)>;
  /// The listener is called after the waiters were woken and the event was told.
  endpoint_guard(runtime::runtime&, resilience::endpoint_class, const resilience::class_profile&, announcer&,
                 listener);
  endpoint_guard(const endpoint_guard&) = delete;
  endpoint_guard& operator=(const endpoint_guard&) = delete;

  using entry = tl::expected<resilience::bulkhead_slot, call_failure>;
  /// A place in the bulkhead, waited for until the deadline. Opening the breaker ends the wait.
  runtime::task<entry> enter(instant now, instant deadline);
  /// Waits for what the server asked for; refuses at once where the deadline comes first.
  runtime::task<tl::expected<void, call_failure>> pass_gate(instant deadline);

  resilience::breaker& breaker() { return breaker_; }
  const resilience::breaker& breaker() const { return breaker_; }
  resilience::bulkhead& bulkhead() { return bulkhead_; }
  const resilience::bulkhead& bulkhead() const { return bulkhead_; }
  resilience::not_before& gate() { return gate_; }
  const resilience::class_profile& profile() const { return profile_; }
  resilience::endpoint_class endpoint() const { return endpoint_; }
  duration p50(instant now) { return latency_.p50(now).value_or(duration{}); }
  void record_latency(instant now, duration took) { latency_.record(now, took); }
  /// Permits that still live.
  std::uint64_t permits_out() const;

  bool recovering = false;  ///< a task probes this class while nobody uses it

 private:
  void on_breaker(const resilience::breaker_event&);

  runtime::runtime& runtime_;
  resilience::endpoint_class endpoint_;
  resilience::class_profile profile_;
  announcer& announcer_;
  listener listener_;
  resilience::bulkhead bulkhead_;
  resilience::breaker breaker_;
  resilience::not_before gate_;
  stats::recent_latency latency_;
};

/// What a refusal by breaker or bulkhead means to the caller.
call_failure refused_by(const resilience::rejection&);

}  // namespace epicenter::epic
