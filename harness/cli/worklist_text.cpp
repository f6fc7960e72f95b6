#include "harness/cli/worklist_text.hpp"

#include <fmt/chrono.h>

#include "harness/cli/proxy_verbs/table.hpp"
#include "harness/cli/worklist_ledger.hpp"

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

// Of a damaged row what cannot be read is empty, which must not look like a fact.
std::string known(const std::string& text, const store::ledger_row& of) {
  return of.damaged && text.empty() ? "(cannot be read: the row was changed on the disk)" : text;
}

bool may_release(const store::ledger_row& row) {
  return row.state == store::write_state::needs_review && why_not_released(row).empty();
}

// Why not, where it is a question at all.
std::string release_text(const store::ledger_row& row) {
  if (row.state != store::write_state::needs_review) return "no: it is not under review";
  const auto why = why_not_released(row);
  return why.empty() ? "yes" : "no: " + std::string(why);
}

json::object shared_part(const store::ledger_row& row) {
  return json::object{{"operation", row.operation},
                      {"kind", row.kind},
                      {"resource_type", row.resource_type},
                      {"state", name_of(row.state)},
                      {"version", std::uint64_t{row.version}},
                      {"may_release", may_release(row)},
                      {"attempts", std::uint64_t{row.attempts}},
                      {"reason", row.reason},
                      {"damaged", row.damaged},
                      {"planned_at", time_text(row.planned_at)},
                      {"updated_at", time_text(row.updated_at)}};
}

}  // namespace

std::string worklist_table(const std::vector<store::ledger_row>& rows, wall_time now) {
  std::vector<row> lines{{"OPERATION", "VERSION", "KIND", "RESOURCE", "WAITS", "ATTEMPTS", "REASON"}};
  for (const auto& one : rows) {
    lines.push_back({one.operation, std::to_string(one.version), one.kind, one.resource_type,
                     age_text(now - one.updated_at), std::to_string(one.attempts), one.reason});
  }
  return table(lines);
}

json::value worklist_json(const std::vector<store::ledger_row>& rows) {
  json::array all;
  for (const auto& one : rows) all.emplace_back(shared_part(one));
  return json::object{{"writes", std::move(all)}};
}

std::string write_text(const store::write_history& all, wall_time now) {
  const auto& of = all.row;
  std::vector<row> lines{
      {"operation", of.operation},
      {"kind", of.kind},
      {"patient", known(of.patient, of)},
      {"encounter", known(of.encounter, of)},
      {"asked by", of.user},
      {"code", known(of.code, of)},
      {"resource", of.resource_id.empty() ? of.resource_type + " (id not known)"
                                          : of.resource_type + '/' + of.resource_id},
      {"state", std::string(name_of(of.state))},
      {"version", std::to_string(of.version)},
      {"reason", of.reason},
      {"attempts", std::to_string(of.attempts)},
      {"released", of.released ? "yes: not again" : "no"},
      {"damaged", of.damaged ? "yes: it cannot be released" : "no"},
      {"may be released", release_text(of)},
      {"content", "sha256:" + of.payload_sha256},
      {"planned", time_text(of.planned_at)},
      {"changed", time_text(of.updated_at) + ", " + age_text(now - of.updated_at) + " ago"}};
  std::string text = table(lines);
  if (!all.transitions.empty()) text += "\nwhat happened\n";
  lines.clear();
  for (const auto& one : all.transitions) {
    lines.push_back({"  " + time_text(one.at), std::string(name_of(one.to)), one.by, one.reason});
  }
  text += table(lines);
  if (!all.searches.empty()) text += "\nsearches\n";
  lines.clear();
  for (const auto& one : all.searches) {
    lines.push_back({"  " + time_text(one.at), one.how, std::to_string(one.found) + " found",
                     one.complete ? "complete" : "not complete: a miss says nothing"});
  }
  return text + table(lines);
}

json::value write_json(const store::write_history& all) {
  const auto& of = all.row;
  json::object made = shared_part(of);
  made.set("patient", of.patient);
  made.set("encounter", of.encounter);
  made.set("user", of.user);
  made.set("code", of.code);
  made.set("resource_id", of.resource_id);
  made.set("payload_sha256", of.payload_sha256);
  made.set("released", of.released);
  json::array transitions;
  for (const auto& one : all.transitions) {
    transitions.push_back(json::object{{"at", time_text(one.at)},
                                       {"from", name_of(one.from)},
                                       {"to", name_of(one.to)},
                                       {"by", one.by},
                                       {"reason", one.reason}});
  }
  json::array searches;
  for (const auto& one : all.searches) {
    searches.push_back(json::object{{"at", time_text(one.at)},
                                    {"how", one.how},
                                    {"found", std::uint64_t{one.found}},
                                    {"complete", one.complete}});
  }
  made.set("transitions", std::move(transitions));
  made.set("searches", std::move(searches));
  return made;
}

}  // namespace epicenter::cli
