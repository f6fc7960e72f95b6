// How the monitor judges what it has learnt.
#include <algorithm>
#include <epicenter/epic/provider_monitor.hpp>

namespace epicenter::epic {
namespace {

using resilience::breaker_state;
using resilience::endpoint_class;

bool is_open(breaker_state state) {
  return state == breaker_state::open || state == breaker_state::forced_open;
}

// These carry no patient's data: their trouble alone makes nobody unhealthy.
bool is_secondary(endpoint_class endpoint) {
  return endpoint == endpoint_class::metadata || endpoint == endpoint_class::bulk;
}

bool carries_data(endpoint_class endpoint) {
  return endpoint != endpoint_class::metadata && endpoint != endpoint_class::token;
}

bool more_than(std::uint64_t part, std::uint64_t all, share bound) {
  __extension__ using wide = unsigned __int128;
  return all != 0 && wide{part} * 1'000'000 > wide{static_cast<std::uint64_t>(bound.ppm)} * all;
}

void add(call_figures& to, const call_figures& more) {
  to.ok += more.ok;
  to.errors += more.errors;
  to.throttled += more.throttled;
  to.neutral += more.neutral;
}

void add(write_figures& to, const write_figures& more) {
  to.written += more.written;
  to.rejected += more.rejected;
  to.not_sent += more.not_sent;
  to.duplicate += more.duplicate;
  to.needs_review += more.needs_review;
}

latency_figures figures_of(const stats::histogram& all) {
  latency_figures made;
  made.samples = all.count();
  made.average = duration(all.mean());
  made.p50 = all.latency(share{500'000});
  made.p95 = all.latency(share{950'000});
  made.p99 = all.latency(share{990'000});
  made.max = duration(all.max());
  return made;
}

// The worse the greater: by level, and among equals open before half open before the rest.
int badness(breaker_state state) {
  const int by_level = static_cast<int>(level_of(state)) * 2;
  return by_level + (state == breaker_state::half_open ? 1 : 0);
}

std::string percent_of(std::uint64_t part, std::uint64_t all) {
  const double percent = 100.0 * static_cast<double>(part) / static_cast<double>(all);
  return std::to_string(static_cast<int>(percent + 0.5)) + " %";
}

}  // namespace

provider_monitor::call_totals provider_monitor::totals_of(const endpoint_memory& memory, instant now) const {
  call_totals sum;
  memory.recent.for_each(now, [&sum](const call_slice& slice) {
    add(sum.counts, slice.counts);
    sum.latency.merge(slice.latency);
  });
  return sum;
}

endpoint_status provider_monitor::status_of(endpoint_class endpoint, const call_totals& sum) const {
  const endpoint_memory& memory = endpoints_.at(index_of(endpoint));
  endpoint_status made;
  made.endpoint = endpoint;
  made.circuit = memory.circuit;
  made.circuit_since = memory.circuit_since;
  made.circuit_actor = memory.circuit_actor;
  made.calls = sum.counts;
  made.latency = figures_of(sum.latency);
  made.last_errors.assign(memory.errors.begin(), memory.errors.end());
  return made;
}

provider_snapshot provider_monitor::get_status(instant now) const {
  provider_snapshot made;
  made.tenant = options_.tenant;
  made.at = now;
  stats::histogram latency{5};
  for (const auto endpoint : resilience::all_endpoint_classes) {
    const call_totals sum = totals_of(endpoints_.at(index_of(endpoint)), now);
    made.endpoints.at(index_of(endpoint)) = status_of(endpoint, sum);
    if (!carries_data(endpoint)) continue;
    add(made.calls, sum.counts);
    latency.merge(sum.latency);
  }
  made.latency = figures_of(latency);
  writes_.for_each(now, [&made](const write_slice& slice) { add(made.writes, slice.counts); });
  made.token = token_;
  made.fallback = fallback_;
  if (!made.fallback.active && reading_off_since_) {
    made.fallback.active = true;
    made.fallback.component = "patient_context";
    made.fallback.mode = "stale";
    made.fallback.reason = "switched_off";
    made.fallback.since = *reading_off_since_;
  }
  if (made.fallback.active && hooks_.cached) made.fallback.can_serve = hooks_.cached(now);
  if (!made.fallback.active) made.fallback.served.clear();
  made.last_probe = last_probe_;
  judge_metrics(made);
  judge_health(made);
  return made;
}

void provider_monitor::judge_metrics(provider_snapshot& of) const {
  judged_metric success;
  success.metric = provider_metric::success_rate;
  const std::uint64_t judged = of.calls.judged();
  if (judged >= options_.min_calls) {
    success.level = level_of(success.metric, of.calls.ok, judged);
    if (judged != 0) success.value = static_cast<double>(of.calls.ok) / static_cast<double>(judged);
  }
  judged_metric latency;
  latency.metric = provider_metric::average_latency;
  if (of.latency.samples != 0) {
    latency.level = level_of(latency.metric, of.latency.average);
    latency.value = std::chrono::duration<double>(of.latency.average).count();
  }
  judged_metric writes;
  writes.metric = provider_metric::write_success_rate;
  const std::uint64_t settled = of.writes.settled();
  if (settled >= options_.min_writes) {
    writes.level = level_of(writes.metric, of.writes.written, settled);
    if (settled != 0) writes.value = static_cast<double>(of.writes.written) / static_cast<double>(settled);
  }
  judged_metric circuit;
  circuit.metric = provider_metric::circuit_state;
  for (const auto& one : of.endpoints) {
    if (badness(one.circuit) > badness(circuit.worst)) circuit.worst = one.circuit;
  }
  circuit.level = level_of(circuit.worst);
  of.metrics = {success, latency, writes, circuit};
}

provider_health provider_monitor::judge(const endpoint_status& one, std::vector<std::string>& reasons) const {
  provider_health worst = provider_health::healthy;
  const std::string name(name_of(one.endpoint));
  const auto say = [&](provider_health level, std::string why) {
    worst = std::max(worst, level);
    reasons.push_back(name + ": " + std::move(why));
  };
  if (is_open(one.circuit)) {
    say(provider_health::unhealthy, "circuit is " + std::string(name_of(one.circuit)));
  } else if (one.circuit != breaker_state::closed) {
    say(provider_health::degraded, "circuit is " + std::string(name_of(one.circuit)));
  }
  const std::uint64_t judged = one.calls.judged();
  if (more_than(one.calls.errors, judged, options_.unhealthy_above)) {
    const bool enough = judged >= options_.min_calls;
    say(enough ? provider_health::unhealthy : provider_health::degraded,
        percent_of(one.calls.errors, judged) + " of " + std::to_string(judged) + " calls failed");
  }
  if (more_than(one.calls.throttled, judged, options_.unhealthy_above)) {
    say(provider_health::degraded, percent_of(one.calls.throttled, judged) + " of calls were throttled");
  }
  return worst;
}

void provider_monitor::judge_health(provider_snapshot& of) const {
  for (auto& one : of.endpoints) {
    one.health = judge(one, of.reasons);
    const bool counts_less = is_secondary(one.endpoint) && one.health == provider_health::unhealthy;
    of.health = std::max(of.health, counts_less ? provider_health::degraded : one.health);
  }
  const std::uint64_t judged = of.calls.judged();
  if (judged >= options_.min_calls && more_than(of.calls.errors, judged, options_.unhealthy_above)) {
    of.health = provider_health::unhealthy;
    of.reasons.push_back(percent_of(of.calls.errors, judged) + " of all calls failed");
  }
  const auto degraded = [&of](std::string why) {
    of.health = std::max(of.health, provider_health::degraded);
    of.reasons.push_back(std::move(why));
  };
  const bool valid = of.token.known && of.token.expires_at > of.at;
  if (of.token.failures != 0 && !valid) {
    of.health = provider_health::unhealthy;
    of.reasons.emplace_back("no valid access token, and refreshing fails");
  } else if (of.token.failures != 0) {
    degraded("refreshing the access token fails");
  }
  for (const auto& one : of.metrics) {
    if (one.metric == provider_metric::circuit_state) continue;  // said class by class
    if (one.level && *one.level != metric_level::healthy) {
      degraded(std::string(name_of(one.metric)) + " is " + std::string(name_of(*one.level)));
    }
  }
  if (of.fallback.active) degraded("fallback is active: " + std::string(of.fallback.reason));
}

}  // namespace epicenter::epic
