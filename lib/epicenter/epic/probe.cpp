// A breaker that nobody calls is probed with GET /metadata once it may be half open, so that it closes
// without traffic: after its wait, after a forced state that ends, after somebody set it half open.
#include <epicenter/epic/pipeline_state.hpp>

namespace epicenter::epic {
namespace {

using resilience::breaker_state;

// Traffic of the class itself comes first: it needs no extra call.
constexpr duration idle_grace = 500ms;
constexpr duration between_probes = 1s;

bool may_recover(const resilience::breaker_snapshot& now) {
  if (now.state == breaker_state::forced_open) return now.until.has_value();
  return now.state == breaker_state::open || now.state == breaker_state::half_open;
}

}  // namespace

void pipeline::on_breaker(resilience::endpoint_class endpoint, const resilience::breaker_event& change) {
  endpoint_guard& guarded = guard(endpoint);
  const bool down = may_recover(guarded.breaker().snapshot(change.at));
  if (change.is_transition() && down && !guarded.recovering) {
    guarded.recovering = true;
    parts_.background.spawn("epic.recover." + std::string(name_of(endpoint)), recover(endpoint));
  }
  if (on_breaker_) on_breaker_(endpoint, change);
}

runtime::task<> pipeline::recover(resilience::endpoint_class endpoint) {
  resilience::breaker& breaker = guard(endpoint).breaker();
  instant next_probe{};
  for (;;) {
    const instant now = runtime_.now();
    const auto before = breaker.snapshot(now);
    if (!may_recover(before)) break;
    instant due = now + between_probes;
    // A probe that was refused on this side has changed nothing: not again at once.
    if (before.until) due = std::max({*before.until + idle_grace, now, next_probe});
    auto slept = co_await runtime::sleep_until(runtime_, due);
    if (!slept) break;
    const instant then = runtime_.now();
    const bool still_down = may_recover(breaker.snapshot(then)) && !breaker.peek(then);
    if (!still_down) continue;
    (void)co_await probe(endpoint);  // the breaker judges it; nobody else asks

    next_probe = runtime_.now() + between_probes;
  }
  guard(endpoint).recovering = false;
}

runtime::task<call_result> pipeline::probe(resilience::endpoint_class endpoint) {
  call asked;
  asked.purpose = call_purpose::probe;
  asked.endpoint = endpoint;
  asked.operation = make_operation_id();
  asked.message = options_.build.metadata();
  asked.deadline = runtime_.now() + options_.profile[endpoint].attempt_timeout * 2;
  co_return co_await run(asked);
}

runtime::task<probe_report> pipeline::probe_now() {
  constexpr auto endpoint = resilience::endpoint_class::metadata;
  resilience::breaker& breaker = guard(endpoint).breaker();
  const instant begun = runtime_.now();
  if (breaker.state() == breaker_state::open) breaker.to_half_open(begun, "check_health", "a forced probe");
  auto probed = co_await probe(endpoint);
  probe_report made;
  made.took = runtime_.now() - begun;
  made.reachable = probed.has_value();
  if (probed) {
    made.status = probed->raw.status;
  } else {
    made.status = probed.error().status;
    made.failure = name_of(probed.error().cause);
    made.reachable = probed.error().cause == failure_cause::refused;
  }
  co_return made;
}

}  // namespace epicenter::epic
