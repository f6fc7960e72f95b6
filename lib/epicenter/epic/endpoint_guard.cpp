#include <epicenter/epic/endpoint_guard.hpp>

namespace epicenter::epic {
namespace {

using resilience::breaker_state;
using resilience::rejection_reason;

bool is_open(breaker_state state) {
  return state == breaker_state::open || state == breaker_state::forced_open;
}

failure_cause cause_of(rejection_reason reason) {
  switch (reason) {
    case rejection_reason::breaker_open:
    case rejection_reason::half_open_busy:
    case rejection_reason::forced_open:
      return failure_cause::circuit_open;
    case rejection_reason::bulkhead_full:
    case rejection_reason::queue_shed:
    case rejection_reason::limiter_full:
      return failure_cause::overloaded;
    case rejection_reason::rate_limited:
      return failure_cause::throttled;
    case rejection_reason::deadline_unreachable:
      break;
  }
  return failure_cause::deadline;
}

resilience::random_source jitter_of(const runtime::runtime& rt, resilience::endpoint_class endpoint) {
  auto random = rt.random("epic.breaker." + std::string(name_of(endpoint)));
  return [random]() mutable { return random.next(); };
}

}  // namespace

call_failure refused_by(const resilience::rejection& rejection) {
  const auto cause = cause_of(rejection.reason);
  auto made = failed(cause, error(make_error_code(to_errc(cause)), std::string(name_of(rejection.reason))));
  if (rejection.retry_after > duration{}) made.retry_after = rejection.retry_after;
  return made;
}

endpoint_guard::endpoint_guard(runtime::runtime& rt, resilience::endpoint_class endpoint,
                               const resilience::class_profile& profile, announcer& told, listener on_change)
    : runtime_(rt),
      endpoint_(endpoint),
      profile_(profile),
      announcer_(told),
      listener_(std::move(on_change)),
      bulkhead_(profile.bulkhead),
      breaker_(profile.breaker, jitter_of(rt, endpoint),
               [this](const resilience::breaker_event& change) { on_breaker(change); }),
      limiter_(profile.limiter),
      hedge_(profile.hedge),
      slow_calls_(rt),
      learned_(profile.bulkhead.limit),
      probes_moved_(rt) {}

void endpoint_guard::on_breaker(const resilience::breaker_event& change) {
  if (is_open(change.to)) {
    const resilience::rejection why{rejection_reason::breaker_open, change.wait};
    bulkhead_.fail_all(why);
    limiter_.fail_all(why);
  } else if (change.to == breaker_state::closed && profile_.breaker.ramp > duration{}) {
    bulkhead_.start_ramp(change.at, profile_.breaker.ramp);
  }
  if (change.is_transition()) probes_moved_.notify_all();
  announcer_.tell(events::circuit_changed{endpoint_, change});
  if (listener_) listener_(endpoint_, change);
}

void endpoint_guard::complete(resilience::permit& permit, const resilience::outcome& verdict, instant ended) {
  const bool was_probe = permit.is_probe();
  permit.complete(verdict, ended);
  if (was_probe) probes_moved_.notify_one();
  if (verdict.is_throttled()) {
    limiter_.on_throttled(ended, verdict.retry_after());
  } else if (!verdict.is_neutral()) {
    if (verdict.is_ok()) limiter_.on_answer(ended);
    if (verdict.retry_after() > duration{}) limiter_.hold_until(ended + verdict.retry_after());
  }
  const bool learns = profile_.bulkhead.adaptive;
  if (learns && learned_.on_result(verdict, bulkhead_.running()))
    bulkhead_.set_limit(learned_.limit(), ended);
}

resilience::hedge_input endpoint_guard::hedge_input(instant now) {
  resilience::hedge_input in;
  in.endpoint = endpoint_;
  in.breaker_closed = breaker_.state() == breaker_state::closed;
  in.limiter_on = limiter_.on() || limiter_.held(now) > duration{};
  in.running = bulkhead_.running();
  in.limit = bulkhead_.limit_at(now);
  in.p50 = latency_.p50(now);
  in.p95 = latency_.p95(now);
  return in;
}

std::uint64_t endpoint_guard::permits_out() const {
  const auto counted = breaker_.snapshot(runtime_.now()).counters;
  return counted.granted - counted.completed - counted.released;
}

}  // namespace epicenter::epic
