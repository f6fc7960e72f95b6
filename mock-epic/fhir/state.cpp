#include "mock-epic/fhir/state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>

#include "mock-epic/data/civil.hpp"

namespace epicenter::mock::fhir {
namespace {

using data::errc;

constexpr std::string_view format_name = "epicenter-mock-state";
constexpr std::int64_t format_version = 1;

json::object header_of(const data::hospital& hospital) {
  json::object made;
  made.set("format", format_name);
  made.set("version", format_version);
  // As text: not every reader of JSON keeps 64 bits.
  made.set("seed", fmt::format("{}", hospital.options().seed));
  made.set("day", data::format_date(hospital.today()));
  made.set("patients", static_cast<std::uint64_t>(hospital.size()));
  made.set("data", fmt::format("{:016x}", hospital.fingerprint()));
  return made;
}

json::object line_of(const resource& one) {
  json::object made;
  made.set("type", name_of(one.type()));
  made.set("id", one.id());
  made.set("patient", one.patient());
  made.set("version", static_cast<std::uint64_t>(one.version()));
  made.set("updated", static_cast<std::int64_t>(one.updated().time_since_epoch().count()));
  made.set("searchable", one.who().searchable);
  made.set("generated", one.who().generated);
  if (!one.deleted()) made.set("resource", one.value());
  return made;
}

auto wrong(std::size_t line, std::string_view why) {
  return fail(errc::not_fhir, fmt::format("line {}: {}", line, why));
}

result<store::change> read_line(const json::value& from, std::size_t line) {
  store::change made;
  const auto type = type_named(from.string_at("type"));
  if (!type) return wrong(line, "type is no resource type");
  const json::value* version = from.find("version");
  const json::value* updated = from.find("updated");
  const json::value* searchable = from.find("searchable");
  const json::value* generated = from.find("generated");
  const json::value* patient = from.find("patient");
  if (!version || !updated || !searchable || !searchable->if_bool() || !generated || !generated->if_bool() ||
      !patient || !patient->if_string())
    return wrong(line, "patient, version, updated, searchable or generated is missing");
  const auto number = version->to_int64();
  const auto at = updated->to_int64();
  if (!number || *number < 1 || *number > 0xffff'ffffLL) return wrong(line, "version is no version");
  if (!at) return wrong(line, "updated is no time");
  made.who.type = *type;
  made.who.id = from.string_at("id");
  made.who.patient = *patient->if_string();
  made.who.version = static_cast<std::uint32_t>(*number);
  made.who.updated = wall_time(duration(*at));
  made.who.searchable = *searchable->if_bool();
  made.who.generated = *generated->if_bool();
  if (made.who.id.empty() || made.who.id.size() > 64) return wrong(line, "id is no FHIR id");
  const json::value* content = from.find("resource");
  made.who.deleted = content == nullptr;
  if (!content) return made;
  const json::object* resource = content->if_object();
  if (!resource || content->string_at("resourceType") != from.string_at("type") ||
      content->string_at("id") != made.who.id)
    return wrong(line, "resource is not the one that the line names");
  made.content = *resource;
  return made;
}

}  // namespace

std::string write_state(const store& from) {
  std::string text = json::write(json::value(header_of(from.hospital()))) + "\n";
  for (const resource_ptr& one : from.changes_as_they_stand())
    text += json::write(json::value(line_of(*one))) + "\n";
  return text;
}

std::optional<wall_time> day_of_state(std::string_view text) {
  const auto header = json::parse(text.substr(0, text.find('\n')));
  if (!header || header->string_at("format") != format_name) return std::nullopt;
  const auto day = data::parse_date(header->string_at("day"));
  if (!day) return std::nullopt;
  return wall_time(std::chrono::seconds(day->begin));
}

result<> read_state(std::string_view text, store& to) {
  if (text.empty()) return wrong(1, "no header of a saved state");
  std::vector<store::change> changes;
  std::map<std::pair<type_id, std::string>, std::uint32_t> last;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::string_view one = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    auto parsed = json::parse(one);
    if (!parsed) return fail(errc::not_json, fmt::format("line {}: {}", line, parsed.error().message()));
    if (line == 1) {
      const json::value wanted(header_of(to.hospital()));
      if (parsed->string_at("format") != format_name) return wrong(line, "no header of a saved state");
      for (const auto& [name, value] : *wanted.if_object()) {
        const json::value* given = parsed->find(name);
        if (!given || *given != value)
          return fail(errc::does_not_fit,
                      fmt::format("line 1: the state is of another {}: {} here", name, json::write(value)));
      }
      continue;
    }
    auto change = read_line(*parsed, line);
    if (!change) return fail(std::move(change.error()));
    const resource::identity& who = change->who;
    auto [at, fresh] = last.try_emplace({who.type, who.id}, 0);
    if (fresh && who.generated) {
      if (!to.generated_resource(who.type, who.id))
        return wrong(line, "changes a resource that the hospital lacks");
      at->second = 1;
    }
    if (who.version != at->second + 1) return wrong(line, "versions do not follow each other");
    at->second = who.version;
    changes.push_back(std::move(*change));
  }
  to.restore(std::move(changes));
  return {};
}

}  // namespace epicenter::mock::fhir
