#include <algorithm>
#include <epicenter/epic/provider_status.hpp>

namespace epicenter::epic {
namespace {

double seconds(duration d) {
  return std::chrono::duration<double>(d).count();
}

std::string upper(std::string_view word) {
  std::string text(word);
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

json::value share_of(std::uint64_t part, std::uint64_t all) {
  if (all == 0) return nullptr;
  return static_cast<double>(part) / static_cast<double>(all);
}

json::value json_of(const call_figures& calls) {
  return json::object{{"ok", calls.ok},
                      {"errors", calls.errors},
                      {"throttled", calls.throttled},
                      {"neutral", calls.neutral},
                      {"success_rate", share_of(calls.ok, calls.judged())},
                      {"error_rate", share_of(calls.errors, calls.judged())}};
}

json::value json_of(const latency_figures& latency) {
  if (latency.samples == 0) return nullptr;
  return json::object{{"samples", latency.samples},          {"average_seconds", seconds(latency.average)},
                      {"p50_seconds", seconds(latency.p50)}, {"p95_seconds", seconds(latency.p95)},
                      {"p99_seconds", seconds(latency.p99)}, {"max_seconds", seconds(latency.max)}};
}

json::value json_of(const recent_error& what, instant now) {
  json::object made{{"ago_seconds", seconds(now - what.at)}, {"operation", what.operation}};
  if (what.status != 0) made.set("status", std::uint64_t{what.status});
  if (!what.failure.empty()) made.set("failure", what.failure);
  return made;
}

json::value json_of(const endpoint_status& one, instant now) {
  json::array errors;
  for (const auto& what : one.last_errors) errors.push_back(json_of(what, now));
  json::object made{{"status", name_of(one.health)}, {"circuit", upper(name_of(one.circuit))}};
  if (one.circuit_since) made.set("circuit_since_seconds", seconds(now - *one.circuit_since));
  if (!one.circuit_actor.empty()) made.set("circuit_actor", one.circuit_actor);
  made.set("calls", json_of(one.calls));
  made.set("latency", json_of(one.latency));
  made.set("last_errors", std::move(errors));
  return made;
}

json::value json_of(const write_figures& writes) {
  return json::object{
      {"written", writes.written},           {"rejected", writes.rejected},
      {"not_sent", writes.not_sent},         {"duplicate", writes.duplicate},
      {"needs_review", writes.needs_review}, {"success_rate", share_of(writes.written, writes.settled())}};
}

json::value json_of(const token_status& token, instant now) {
  json::object made{{"known", token.known}, {"failures", token.failures}};
  if (token.known) made.set("expires_in_seconds", seconds(std::max(token.expires_at - now, duration{})));
  if (!token.last_failure.empty()) made.set("last_failure", token.last_failure);
  return made;
}

json::value json_of(const fallback_status& fallback, instant now) {
  json::array served;
  for (const auto& one : fallback.served) {
    served.push_back(json::object{{"resource", one.resource},
                                  {"times", one.times},
                                  {"oldest_seconds", seconds(one.oldest)},
                                  {"bound_seconds", seconds(one.bound)}});
  }
  json::array can_serve;
  for (const auto& one : fallback.can_serve) {
    can_serve.push_back(json::object{{"resource", one.resource},
                                     {"patients", one.patients},
                                     {"youngest_seconds", seconds(one.youngest)},
                                     {"oldest_seconds", seconds(one.oldest)},
                                     {"bound_seconds", seconds(one.bound)}});
  }
  return json::object{{"component", fallback.component},
                      {"mode", fallback.mode},
                      {"reason", fallback.reason},
                      {"since_seconds", seconds(now - fallback.since)},
                      {"staleness_bound_seconds", seconds(fallback.staleness_bound)},
                      {"served", std::move(served)},
                      {"can_serve", std::move(can_serve)}};
}

json::value json_of(const judged_metric& one) {
  json::object made{{"metric", name_of(one.metric)}};
  if (one.metric == provider_metric::circuit_state) {
    made.set("value", upper(name_of(one.worst)));
  } else if (one.level) {
    made.set("value", one.value);
  }
  if (one.level) {
    made.set("level", name_of(*one.level));
  } else {
    made.set("level", nullptr);
  }
  return made;
}

json::value json_of(const probe_report& probe, instant now) {
  json::object made{{"ago_seconds", seconds(now - probe.at)},
                    {"reachable", probe.reachable},
                    {"took_seconds", seconds(probe.took)}};
  if (probe.status != 0) made.set("status", std::uint64_t{probe.status});
  if (!probe.failure.empty()) made.set("failure", probe.failure);
  return made;
}

}  // namespace

std::string_view name_of(provider_health health) {
  constexpr std::array<std::string_view, 3> names{"HEALTHY", "DEGRADED", "UNHEALTHY"};
  return names.at(static_cast<std::size_t>(health));
}

json::value to_json(const provider_snapshot& of) {
  json::array reasons(of.reasons.begin(), of.reasons.end());
  json::array metrics;
  for (const auto& one : of.metrics) metrics.push_back(json_of(one));
  json::object endpoints;
  for (const auto& one : of.endpoints) {
    endpoints.set(std::string(name_of(one.endpoint)), json_of(one, of.at));
  }
  json::object made{{"provider", "epic"},
                    {"tenant", of.tenant},
                    {"status", name_of(of.health)},
                    {"fallback_active", of.fallback.active}};
  if (of.fallback.active) made.set("message", unavailable_message);
  made.set("reasons", std::move(reasons));
  made.set("metrics", std::move(metrics));
  made.set("calls", json_of(of.calls));
  made.set("latency", json_of(of.latency));
  made.set("writes", json_of(of.writes));
  made.set("token", json_of(of.token, of.at));
  made.set("endpoints", std::move(endpoints));
  if (of.fallback.active) made.set("fallback", json_of(of.fallback, of.at));
  if (of.last_probe) made.set("last_probe", json_of(*of.last_probe, of.at));
  return made;
}

}  // namespace epicenter::epic
