#include <epicenter/epic/endpoint_guard.hpp>

namespace epicenter::epic {
namespace {

using resilience::breaker_state;
using resilience::rejection_reason;

class slot_waiter final : public resilience::bulkhead_waiter {
 public:
  explicit slot_waiter(runtime::runtime& rt) : woken(rt) {}
  void on_wake() noexcept override { woken.notify_all(); }
  runtime::event woken;
};

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
      return failure_cause::overloaded;
    case rejection_reason::deadline_unreachable:
      break;
  }
  return failure_cause::deadline;
}

resilience::random_source jitter_of(const runtime::runtime& rt, resilience::endpoint_class endpoint) {
  auto random = rt.random("epic.breaker." + std::string(name_of(endpoint)));
  return [random]() mutable { return random.next(); };
}

call_failure waited_in_vain(const error& why) {
  const bool late = why == make_error_code(runtime::errc::timed_out);
  return failed(late ? failure_cause::deadline : failure_cause::cancelled, why);
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
               [this](const resilience::breaker_event& change) { on_breaker(change); }) {}

void endpoint_guard::on_breaker(const resilience::breaker_event& change) {
  if (is_open(change.to)) {
    bulkhead_.fail_all(resilience::rejection{rejection_reason::breaker_open, change.wait});
  } else if (change.to == breaker_state::closed && profile_.breaker.ramp > duration{}) {
    bulkhead_.start_ramp(change.at, profile_.breaker.ramp);
  }
  announcer_.tell(events::circuit_changed{endpoint_, change});
  if (listener_) listener_(endpoint_, change);
}

runtime::task<endpoint_guard::entry> endpoint_guard::enter(instant now, instant deadline) {
  slot_waiter waiter(runtime_);
  const resilience::bulkhead::request wanted{now, resilience::deadline(deadline).remaining(now), p50(now)};
  auto state = bulkhead_.enter(waiter, wanted);
  while (state == resilience::bulkhead_waiter::state::waiting) {
    auto woken = co_await waiter.woken.wait(deadline);
    state = waiter.status();
    if (woken || state != resilience::bulkhead_waiter::state::waiting) continue;
    waiter.cancel(runtime_.now());
    co_return tl::unexpected(waited_in_vain(woken.error()));
  }
  if (state == resilience::bulkhead_waiter::state::granted) co_return waiter.take();
  co_return tl::unexpected(refused_by(waiter.why()));
}

runtime::task<tl::expected<void, call_failure>> endpoint_guard::pass_gate(instant deadline) {
  for (;;) {
    const instant now = runtime_.now();
    const duration wait = gate_.remaining(now);
    if (wait <= duration{}) co_return tl::expected<void, call_failure>();
    if (wait >= resilience::deadline(deadline).remaining(now)) {
      auto refused =
          failed(failure_cause::throttled, error(make_error_code(errc::unavailable), "asked to wait"));
      refused.retry_after = wait;
      co_return tl::unexpected(std::move(refused));
    }
    auto slept = co_await runtime::sleep_for(runtime_, wait);
    if (!slept) co_return tl::unexpected(waited_in_vain(slept.error()));
  }
}

std::uint64_t endpoint_guard::permits_out() const {
  const auto counted = breaker_.snapshot(runtime_.now()).counters;
  return counted.granted - counted.completed - counted.released;
}

}  // namespace epicenter::epic
