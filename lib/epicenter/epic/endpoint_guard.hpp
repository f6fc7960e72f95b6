// What protects one class of endpoints: its breaker, its bulkhead, its limiter, and who may have a hedge.
#pragma once

#include <epicenter/epic/announcer.hpp>
#include <epicenter/epic/call.hpp>
#include <epicenter/epic/hedge_watch.hpp>
#include <epicenter/resilience/aimd_limit.hpp>
#include <epicenter/resilience/breaker.hpp>
#include <epicenter/resilience/bulkhead.hpp>
#include <epicenter/resilience/deadline.hpp>
#include <epicenter/resilience/hedge.hpp>
#include <epicenter/resilience/limiter.hpp>
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

  // Each of these waits where it must, until the deadline, and moves `now` on if it did: the clock is read
  // after a wait only. Opening the breaker ends every wait.

  /// Would the breaker refuse? Where the profile asks for it, the verdict of probes under way is waited for.
  runtime::task<std::optional<call_failure>> peek(instant& now, instant deadline);
  using entry = tl::expected<resilience::bulkhead_slot, call_failure>;
  /// A place in the bulkhead.
  runtime::task<entry> enter(instant& now, instant deadline);
  /// Leave to send: neither before the moment a server named nor faster than the limiter allows. Refuses at
  /// once where the deadline comes first.
  runtime::task<std::optional<call_failure>> pass_limiter(instant& now, instant deadline);
  /// The breaker's permit at dispatch, after it was refused once: where the profile asks for it, the probes'
  /// verdict is waited for.
  runtime::task<tl::expected<resilience::permit, call_failure>> acquire_after(resilience::rejection,
                                                                              instant& now, instant deadline);

  /// The attempt that had this permit and (still) has a slot ended so. Tells everybody who learns from it.
  void complete(resilience::permit&, const resilience::outcome&, instant ended);

  resilience::breaker& breaker() { return breaker_; }
  const resilience::breaker& breaker() const { return breaker_; }
  resilience::bulkhead& bulkhead() { return bulkhead_; }
  const resilience::bulkhead& bulkhead() const { return bulkhead_; }
  resilience::limiter& limiter() { return limiter_; }
  const resilience::limiter& limiter() const { return limiter_; }
  resilience::hedge& hedging() { return hedge_; }
  hedge_watch& slow_calls() { return slow_calls_; }
  const resilience::class_profile& profile() const { return profile_; }
  resilience::endpoint_class endpoint() const { return endpoint_; }
  duration p50(instant now) { return latency_.p50(now).value_or(duration{}); }
  /// What the hedge rule asks of this class. The rest is the call's.
  resilience::hedge_input hedge_input(instant now);
  void record_latency(instant now, duration took) { latency_.record(now, took); }
  /// Permits that still live.
  std::uint64_t permits_out() const;

  bool recovering = false;  ///< a task probes this class while nobody uses it

 private:
  void on_breaker(const resilience::breaker_event&);
  bool waits_for_verdict(const resilience::rejection&) const;
  runtime::task<result<>> wait_for_verdict(instant& now, instant deadline, duration lease_left);

  runtime::runtime& runtime_;
  resilience::endpoint_class endpoint_;
  resilience::class_profile profile_;
  announcer& announcer_;
  listener listener_;
  resilience::bulkhead bulkhead_;
  resilience::breaker breaker_;
  resilience::limiter limiter_;
  resilience::hedge hedge_;
  hedge_watch slow_calls_;
  resilience::aimd_limit learned_;
  runtime::event probes_moved_;  ///< the breaker changed, or a probe ended
  stats::recent_latency latency_;
};

/// What a refusal by breaker or bulkhead means to the caller.
call_failure refused_by(const resilience::rejection&);

}  // namespace epicenter::epic
