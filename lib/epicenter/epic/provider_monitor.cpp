// How the monitor learns: one event after the other.
#include <algorithm>
#include <epicenter/epic/adapter.hpp>
#include <epicenter/epic/loggable.hpp>
#include <epicenter/epic/provider_monitor.hpp>

namespace epicenter::epic {
namespace {

// The adapter tells of a handful of kinds; a caller's mistake must not fill the memory.
constexpr std::size_t most_stale_sections = 32;

enum class verdict { ok, error, throttled, neutral };

// What an attempt says of Epic. A status counts also where the policies look past it.
verdict verdict_of(const events::call_ended& call) {
  if (call.failure == "cancelled" || call.failure == "stopped" || call.failure == "pool_exhausted") {
    return verdict::neutral;
  }
  if (!call.failure.empty() || call.status == 0 || call.judged.is_fail()) return verdict::error;
  if (call.status == 429) return verdict::throttled;
  return call.status >= 500 || call.status == 408 ? verdict::error : verdict::ok;
}

std::uint64_t* counter_of(call_figures& counts, verdict what) {
  switch (what) {
    case verdict::ok:
      return &counts.ok;
    case verdict::error:
      return &counts.errors;
    case verdict::throttled:
      return &counts.throttled;
    case verdict::neutral:
      break;
  }
  return &counts.neutral;
}

std::uint64_t* counter_of(write_figures& counts, std::string_view state) {
  if (state == "WRITTEN") return &counts.written;
  if (state == "REJECTED") return &counts.rejected;
  if (state == "NOT_SENT") return &counts.not_sent;
  if (state == "DUPLICATE") return &counts.duplicate;
  if (state == "NEEDS_REVIEW") return &counts.needs_review;
  return nullptr;
}

}  // namespace

provider_monitor::provider_monitor(monitor_options options, monitor_hooks hooks)
    : options_(std::move(options)), hooks_(std::move(hooks)), writes_(options_.write_window) {
  for (std::size_t i = 0; i < resilience::endpoint_class_count; ++i) endpoints_.emplace_back(options_.window);
}

void provider_monitor::observe(const event& told) {
  std::visit([this, &told](const auto& what) { take(what, told.at); }, told.what);
}

void provider_monitor::take(const events::call_ended& call, instant at) {
  endpoint_memory& memory = endpoints_.at(index_of(call.endpoint));
  const verdict what = verdict_of(call);
  if (call_slice* slice = memory.recent.at(at)) {
    ++*counter_of(slice->counts, what);
    if (call.status != 0 || call.failure == "timed_out") slice->latency.record(call.took);
  }
  if (what != verdict::error) return;
  recent_error kept;
  kept.at = at;
  kept.operation = loggable_operation(call.id.operation);
  kept.status = call.status;
  kept.failure = loggable_name(call.failure);
  memory.errors.push_front(std::move(kept));
  if (memory.errors.size() > options_.last_errors) memory.errors.pop_back();
}

void provider_monitor::take(const events::circuit_changed& what, instant at) {
  if (!what.change.is_transition()) return;
  endpoint_memory& memory = endpoints_.at(index_of(what.endpoint));
  memory.circuit = what.change.to;
  memory.circuit_since = at;
  const bool by_hand = what.change.cause == resilience::transition_cause::manual;
  memory.circuit_actor = by_hand ? std::string(loggable_actor(what.change.actor)) : std::string();
}

void provider_monitor::take(const events::token_refreshed& what, instant at) {
  token_ = token_status{true, at + what.lifetime, 0, {}};
}

void provider_monitor::take(const events::token_refresh_failed& what, instant) {
  ++token_.failures;
  token_.last_failure = loggable_text(what.why);
}

void provider_monitor::take(const events::degradation_activated& what, instant at) {
  fallback_ = {};
  fallback_.active = true;
  fallback_.component = loggable_name(what.component);
  fallback_.mode = loggable_name(what.mode);
  fallback_.reason = loggable_name(what.reason);
  fallback_.since = at;
  fallback_.staleness_bound = what.staleness_bound;
}

void provider_monitor::take(const events::degradation_deactivated&, instant) {
  fallback_ = {};
}

void provider_monitor::take(const events::stale_served& what, instant) {
  auto& served = fallback_.served;
  const auto resource = loggable_type(what.resource);
  const auto there = std::find_if(served.begin(), served.end(),
                                  [resource](const auto& one) { return one.resource == resource; });
  if (there != served.end()) {
    ++there->times;
    there->oldest = std::max(there->oldest, what.age);
    there->bound = what.bound;
  } else if (served.size() < most_stale_sections) {
    served.push_back(stale_section{resource, 1, what.age, what.bound});
  }
}

void provider_monitor::take(const events::write_changed& what, instant at) {
  write_slice* slice = writes_.at(at);
  if (slice == nullptr) return;
  if (std::uint64_t* counter = counter_of(slice->counts, what.state)) ++*counter;
}

void provider_monitor::reading_switched(bool on, instant now) {
  if (on) {
    reading_off_since_.reset();
  } else if (!reading_off_since_) {
    reading_off_since_ = now;
  }
}

runtime::task<result<provider_snapshot>> provider_monitor::check_health(runtime::runtime& rt) {
  if (!hooks_.probe) co_return fail(errc::not_supported, "the monitor was given no probe");
  auto probed = co_await hooks_.probe();
  probed.at = rt.now();
  probed.failure = loggable_name(probed.failure);
  last_probe_ = std::move(probed);
  co_return get_status(rt.now());
}

result<> provider_monitor::to_half_open(resilience::endpoint_class endpoint, std::string actor,
                                        std::string reason) {
  if (!hooks_.to_half_open) return fail(errc::not_supported, "the monitor was given no circuits");
  if (actor.empty()) return fail(errc::invalid_argument, "a change by hand needs an actor");
  const auto state = endpoints_.at(index_of(endpoint)).circuit;
  if (state == resilience::breaker_state::closed || state == resilience::breaker_state::half_open) {
    return fail(errc::invalid_argument, "the circuit is " + std::string(name_of(state)));
  }
  if (!hooks_.to_half_open(endpoint, std::move(actor), std::move(reason))) {
    return fail(errc::invalid_argument, "the circuit is half open already");
  }
  return {};
}

}  // namespace epicenter::epic
