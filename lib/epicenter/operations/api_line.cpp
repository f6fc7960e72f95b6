#include <fmt/chrono.h>

#include <epicenter/epic/loggable.hpp>
#include <epicenter/epic/provider_status.hpp>
#include <epicenter/json/write.hpp>
#include <epicenter/operations/log_lines.hpp>
#include <epicenter/resilience/breaker_event.hpp>

namespace epicenter::operations {
namespace {

namespace events = epic::events;
using resilience::breaker_state;

constexpr std::string_view info = "info";
constexpr std::string_view warning = "warning";
constexpr std::string_view failed = "error";

double seconds(duration d) {
  return std::chrono::duration<double>(d).count();
}

json::object head(std::string_view level, std::string_view name) {
  return json::object{{"level", level}, {"component", "epic"}, {"event", name}};
}

void name_call(json::object& line, const epic::call_id& id) {
  line.set("operation", epic::loggable_operation(id.operation));
  line.set("request", std::uint64_t{id.request});
  line.set("attempt", std::uint64_t{id.attempt});
}

std::string_view name_of(epic::call_purpose purpose) {
  switch (purpose) {
    case epic::call_purpose::operation:
      return "operation";
    case epic::call_purpose::reconcile:
      return "reconcile";
    case epic::call_purpose::token:
      return "token";
    case epic::call_purpose::probe:
      break;
  }
  return "probe";
}

std::string_view level_of(const events::call_ended& call) {
  if (call.failure == "cancelled") return info;
  if (!call.failure.empty() || call.status >= 500 || call.judged.is_fail()) return failed;
  if (call.status == 408) return failed;
  const bool denied = call.status == 401 || call.status == 403 || call.status == 429;
  return denied ? warning : info;
}

std::string_view level_of(breaker_state to) {
  if (to == breaker_state::closed) return info;
  return to == breaker_state::open || to == breaker_state::forced_open ? failed : warning;
}

std::string_view level_of_write(std::string_view state) {
  if (state == "PLANNED" || state == "SENDING" || state == "WRITTEN") return info;
  return state == "UNKNOWN" ? warning : failed;
}

std::optional<json::object> line_of(const events::call_started&) {
  return std::nullopt;
}

std::optional<json::object> line_of(const events::call_ended& what) {
  auto line = head(level_of(what), "call.ended");
  name_call(line, what.id);
  line.set("purpose", name_of(what.purpose));
  line.set("endpoint", name_of(what.endpoint));
  if (what.status != 0) line.set("status", std::uint64_t{what.status});
  if (!what.failure.empty()) line.set("failure", epic::loggable_name(what.failure));
  if (what.failure.empty() && what.judged.is_fail()) line.set("judged", name_of(what.judged.failure()));
  line.set("took_seconds", seconds(what.took));
  return line;
}

std::optional<json::object> line_of(const events::retry_scheduled& what) {
  auto line = head(warning, "retry.scheduled");
  name_call(line, what.id);
  line.set("delay_seconds", seconds(what.delay));
  line.set("cause", epic::loggable_name(what.cause));
  return line;
}

std::optional<json::object> line_of(const events::token_refreshed& what) {
  auto line = head(info, "token.refreshed");
  line.set("token", what.token);
  line.set("lifetime_seconds", seconds(what.lifetime));
  return line;
}

std::optional<json::object> line_of(const events::token_refresh_failed& what) {
  auto line = head(failed, "token.refresh_failed");
  line.set("why", epic::loggable_text(what.why));
  return line;
}

std::optional<json::object> line_of(const events::token_invalidated& what) {
  auto line = head(warning, "token.invalidated");
  line.set("token", what.token);
  return line;
}

std::optional<json::object> line_of(const events::circuit_changed& what) {
  const auto& change = what.change;
  auto line = head(level_of(change.to), change.is_transition() ? "circuit.changed" : "circuit.probe_lost");
  line.set("endpoint", name_of(what.endpoint));
  line.set("from", name_of(change.from));
  line.set("to", name_of(change.to));
  line.set("cause", name_of(change.cause));
  line.set("calls", change.calls);
  line.set("failed", change.failed);
  line.set("slow", change.slow);
  line.set("wait_seconds", seconds(change.wait));
  if (!change.actor.empty()) line.set("actor", epic::loggable_actor(change.actor));
  if (!change.reason.empty()) line.set("reason", epic::loggable_text(change.reason));
  return line;
}

std::optional<json::object> line_of(const events::degradation_activated& what) {
  auto line = head(warning, "degradation.activated");
  line.set("message", epic::unavailable_message);
  line.set("id", what.id);
  line.set("part", epic::loggable_name(what.component));
  line.set("endpoint", name_of(what.endpoint));
  line.set("mode", epic::loggable_name(what.mode));
  line.set("reason", epic::loggable_name(what.reason));
  line.set("staleness_bound_seconds", seconds(what.staleness_bound));
  return line;
}

std::optional<json::object> line_of(const events::degradation_deactivated& what) {
  auto line = head(info, "degradation.deactivated");
  line.set("id", what.id);
  line.set("part", epic::loggable_name(what.component));
  line.set("lasted_seconds", seconds(what.lasted));
  line.set("served_stale", what.served_stale);
  line.set("max_age_seconds", seconds(what.max_age));
  line.set("reason", epic::loggable_name(what.reason));
  return line;
}

std::optional<json::object> line_of(const events::stale_served& what) {
  auto line = head(warning, "stale.served");
  line.set("operation", epic::loggable_operation(what.operation));
  line.set("resource", epic::loggable_type(what.resource));
  line.set("age_seconds", seconds(what.age));
  line.set("bound_seconds", seconds(what.bound));
  line.set("reason", epic::loggable_name(what.reason));
  return line;
}

std::optional<json::object> line_of(const events::write_changed& what) {
  auto line = head(level_of_write(what.state), "write.changed");
  line.set("operation", epic::loggable_operation(what.operation));
  line.set("kind", epic::loggable_name(what.kind));
  line.set("state", epic::loggable_state(what.state));
  if (!what.resource.empty()) line.set("resource", epic::loggable_type(what.resource));
  line.set("reason", epic::loggable_name(what.reason));
  return line;
}

std::optional<json::object> line_of(const events::safety_alarm& what) {
  auto line = head(failed, "safety.alarm");
  line.set("alarm", epic::loggable_name(what.what));
  if (!what.operation.empty()) line.set("operation", epic::loggable_operation(what.operation));
  if (!what.resource.empty()) line.set("resource", epic::loggable_type(what.resource));
  if (!what.detail.empty()) line.set("detail", epic::loggable_text(what.detail));
  return line;
}

std::optional<json::object> line_of(const events::quota_parked& what) {
  auto line = head(warning, "quota.parked");
  line.set("resource", epic::loggable_type(what.resource));
  line.set("until", log_time(what.until));
  return line;
}

std::optional<json::object> line_of(const events::key_changed& what) {
  const bool bad = what.what == "key.age_fault" || !what.reason.empty();
  const bool aged = what.what == "key.age_warning";
  std::string_view level = info;
  if (aged) level = warning;
  if (bad) level = failed;
  auto line = head(level, epic::loggable_name(what.what));
  line.set("kid", epic::loggable_actor(what.kid));
  if (!what.other_kid.empty()) line.set("other_kid", epic::loggable_actor(what.other_kid));
  if (!what.reason.empty()) line.set("reason", epic::loggable_text(what.reason));
  if (what.age > duration{}) line.set("age_days", std::chrono::floor<std::chrono::days>(what.age).count());
  return line;
}

std::optional<json::object> line_of(const events::access_warning& what) {
  auto line = head(what.what == "client_refused" ? failed : warning, "access.warning");
  line.set("warning", epic::loggable_name(what.what));
  if (!what.reason.empty()) line.set("reason", epic::loggable_name(what.reason));
  if (!what.resource.empty()) line.set("resource", epic::loggable_type(what.resource));
  if (!what.detail.empty()) line.set("detail", epic::loggable_text(what.detail));
  return line;
}

// An event that this version of the logs does not know still leaves its trace.
template <class Other>
std::optional<json::object> line_of(const Other&) {
  return head(warning, "unlisted");
}

std::optional<json::object> line_of(const epic::event& told) {
  return std::visit([](const auto& what) { return line_of(what); }, told.what);
}

std::optional<json::object> line_of(const clock_stepped& step) {
  auto line = head(failed, "clock.stepped");
  line.set("by_seconds", seconds(step.by));
  line.set("direction", step.by < duration{} ? "backwards" : "forwards");
  return line;
}

std::optional<json::object> line_of(const upkeep_ran& ran) {
  auto line = head(ran.end == upkeep_end::ok ? info : failed, "upkeep.ended");
  line.set("job", name_of(ran.job));
  line.set("result", name_of(ran.end));
  const bool own_words = ran.end != upkeep_end::failed;
  line.set("detail", own_words ? ran.detail : epic::loggable_text(ran.detail));
  line.set("took_seconds", seconds(ran.took));
  if (ran.failures_in_a_row > 0) line.set("failures_in_a_row", std::uint64_t{ran.failures_in_a_row});
  line.set("next_in_seconds", seconds(ran.next_in));
  return line;
}

}  // namespace

std::string log_time(wall_time t) {
  const auto us = std::chrono::floor<std::chrono::microseconds>(t);
  const auto s = std::chrono::floor<std::chrono::seconds>(us);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", fmt::gmtime(s.time_since_epoch().count()),
                     (us - s).count());
}

std::optional<std::string> api_line(const stream_event& told, wall_time wall) {
  if (told.replayed) return std::nullopt;
  auto content = std::visit([](const auto& what) { return line_of(what); }, told.what);
  if (!content) return std::nullopt;
  json::object line{{"at", log_time(wall)}, {"seq", told.seq}};
  if (told.tenant) line.set("tenant", *told.tenant);
  for (auto& [key, value] : *content) line.set(key, std::move(value));
  return json::write(json::value(std::move(line)));
}

std::string lost_line(std::uint64_t lines, wall_time wall) {
  auto content = head(failed, "log.lost");
  content.set("at", log_time(wall));
  content.set("lines", lines);
  return json::write(json::value(std::move(content)));
}

}  // namespace epicenter::operations
