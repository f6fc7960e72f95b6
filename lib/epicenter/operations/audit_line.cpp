#include <epicenter/epic/loggable.hpp>
#include <epicenter/json/write.hpp>
#include <epicenter/operations/log_lines.hpp>

namespace epicenter::operations {
namespace {

namespace events = epic::events;

bool is_failed(std::string_view state) {
  return state == "REJECTED" || state == "NOT_SENT" || state == "DUPLICATE" || state == "NEEDS_REVIEW";
}

std::optional<json::object> line_of(const events::write_changed& what) {
  json::object line{{"type", is_failed(what.state) ? "EHR_WRITE_FAILED" : "ehr.write"}};
  line.set("operation", epic::loggable_operation(what.operation));
  line.set("kind", epic::loggable_name(what.kind));
  line.set("state", epic::loggable_state(what.state));
  if (!what.resource.empty()) line.set("resource", epic::loggable_type(what.resource));
  line.set("reason", epic::loggable_name(what.reason));
  return line;
}

std::optional<json::object> line_of(const events::circuit_changed& what) {
  const auto& change = what.change;
  if (change.cause != resilience::transition_cause::manual) return std::nullopt;
  json::object line{{"type", "ehr.circuit"}};
  line.set("endpoint", name_of(what.endpoint));
  line.set("from", name_of(change.from));
  line.set("to", name_of(change.to));
  line.set("actor", epic::loggable_actor(change.actor));
  line.set("reason", epic::loggable_text(change.reason));
  return line;
}

std::optional<json::object> line_of(const events::safety_alarm& what) {
  json::object line{{"type", "ehr.safety_alarm"}};
  line.set("alarm", epic::loggable_name(what.what));
  if (!what.operation.empty()) line.set("operation", epic::loggable_operation(what.operation));
  if (!what.resource.empty()) line.set("resource", epic::loggable_type(what.resource));
  return line;
}

std::optional<json::object> line_of(const events::key_changed& what) {
  if (what.what.starts_with("key.age")) return std::nullopt;
  json::object line{{"type", "credentials.rotated"}};
  line.set("change", epic::loggable_name(what.what));
  line.set("kid", epic::loggable_actor(what.kid));
  if (!what.other_kid.empty()) line.set("other_kid", epic::loggable_actor(what.other_kid));
  return line;
}

std::optional<json::object> line_of(const upkeep_ran& ran) {
  if (ran.end != upkeep_end::alarm) return std::nullopt;
  return json::object{{"type", "audit.chain_broken"}, {"detail", ran.detail}};
}

template <class Other>
std::optional<json::object> line_of(const Other&) {
  return std::nullopt;
}

std::optional<json::object> line_of(const epic::event& told) {
  return std::visit([](const auto& what) { return line_of(what); }, told.what);
}

}  // namespace

std::optional<std::string> audit_line(const stream_event& told, wall_time wall) {
  if (told.replayed) return std::nullopt;
  auto content = std::visit([](const auto& what) { return line_of(what); }, told.what);
  if (!content) return std::nullopt;
  json::object line{{"at", log_time(wall)}, {"seq", told.seq}};
  if (told.tenant) line.set("tenant", *told.tenant);
  for (auto& [key, value] : *content) line.set(key, std::move(value));
  return json::write(json::value(std::move(line)));
}

}  // namespace epicenter::operations
