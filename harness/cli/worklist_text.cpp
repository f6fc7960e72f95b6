#include "harness/cli/worklist_text.hpp"

#include <fmt/chrono.h>

#include "harness/cli/proxy_verbs/table.hpp"

namespace epicenter::cli {
namespace {

std::string time_text(wall_time t) {
  const auto s = std::chrono::floor<std::chrono::seconds>(t);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(s.time_since_epoch().count()));
}

// "3d 4h", "4h 5m", "5m": what a person wants to know of how long something waits.
std::string age_text(duration age) {
  const auto minutes = std::max<std::int64_t>(age / 1min, 0);
  const auto hours = minutes / 60;
  if (hours >= 24) return fmt::format("{}d {}h", hours / 24, hours % 24);
  if (hours > 0) return fmt::format("{}h {}m", hours, minutes % 60);
  return fmt::format("{}m", minutes);
}

json::object shared_part(const store::ledger_row& row) {
  return json::object{{"operation", row.operation},
                      {"kind", row.kind},
                      {"resource_type", row.resource_type},
                      {"state", name_of(row.state)},
                      {"attempts", std::uint64_t{row.attempts}},
                      {"reason", row.reason},
                      {"planned_at", time_text(row.planned_at)},
                      {"updated_at", time_text(row.updated_at)}};
}

}  // namespace

std::string worklist_table(const std::vector<store::ledger_row>& rows, wall_time now) {
  std::vector<row> lines{{"OPERATION", "KIND", "RESOURCE", "WAITS", "ATTEMPTS", "REASON"}};
  for (const auto& one : rows) {
    lines.push_back({one.operation, one.kind, one.resource_type, age_text(now - one.updated_at),
                     std::to_string(one.attempts), one.reason});
  }
  return table(lines);
}

json::value worklist_json(const std::vector<store::ledger_row>& rows) {
  json::array all;
  for (const auto& one : rows) all.emplace_back(shared_part(one));
  return json::object{{"writes", std::move(all)}};
}

std::string write_text(const store::ledger_row& of, wall_time now) {
  std::vector<row> lines{
      {"operation", of.operation},
      {"kind", of.kind},
      {"patient", of.patient},
      {"resource", of.resource_id.empty() ? of.resource_type + " (id not known)"
                                          : of.resource_type + '/' + of.resource_id},
      {"state", std::string(name_of(of.state))},
      {"reason", of.reason},
      {"attempts", std::to_string(of.attempts)},
      {"content", "sha256:" + of.payload_sha256},
      {"planned", time_text(of.planned_at)},
      {"changed", time_text(of.updated_at) + ", " + age_text(now - of.updated_at) + " ago"}};
  return table(lines);
}

json::value write_json(const store::ledger_row& of) {
  json::object made = shared_part(of);
  made.set("patient", of.patient);
  made.set("resource_id", of.resource_id);
  made.set("payload_sha256", of.payload_sha256);
  return made;
}

}  // namespace epicenter::cli
