#include <algorithm>

#include "mock-epic/fhir/search_rules.hpp"
#include "mock-epic/fhir/search_task.hpp"

namespace epicenter::mock::fhir {
namespace {

bool is_named(std::string_view names, std::string_view name) {
  while (!names.empty()) {
    const std::size_t bar = names.find('|');
    if (names.substr(0, bar) == name) return true;
    names.remove_prefix(bar == std::string_view::npos ? names.size() : bar + 1);
  }
  return false;
}

bool means_patient(std::string_view name) {
  return name == "patient" || name == "subject" || name == "beneficiary";
}

bool is_met(const search_demand& demand, const search_query& query) {
  if (query.is_given("_id")) return true;
  if (demand.one_of == "*") return !query.given.empty();
  return std::any_of(query.given.begin(), query.given.end(), [&](const std::string& name) {
    return is_named(demand.one_of, means_patient(name) ? "patient" : name);
  });
}

answer refuse(unsigned status, std::string_view code, std::string_view epic_code, std::string diagnostics,
              std::string location, std::string rule) {
  return answer_outcome(status, issue{"fatal", code, epic_code, std::move(diagnostics), std::move(location)},
                        std::move(rule));
}

}  // namespace

std::optional<answer> refuse_unscoped(const search_task& a) {
  const type_id type = *a.c.asked.type;
  const search_query& query = a.query;
  if (query.is_given("_id")) {
    const auto& ids = query.targets.front().criteria.front().ids();
    const bool any = std::any_of(ids.begin(), ids.end(), [&](const std::string& id) {
      const resource_ptr one = a.world.records.find(type, id);
      return one && !one->deleted();
    });
    if (any) return std::nullopt;
    std::vector<issue> issues = query.notes;
    issues.push_back({"information", "invalid", "59109", "", "_id"});
    issues.push_back({"fatal", "not-found", "59008", "Invalid FHIR ID provided", "id"});
    return answer_fhir(400, write_outcome(issues), "search_unknown_id");
  }
  std::vector<issue> issues = query.notes;
  if (type == type_id::patient && query.is_given("birthdate")) {
    const auto births = std::count_if(a.parameters.begin(), a.parameters.end(),
                                      [](const auto& one) { return one.first == "birthdate"; });
    const auto one = std::find_if(a.parameters.begin(), a.parameters.end(),
                                  [](const auto& p) { return p.first == "birthdate"; });
    if (births != 1 || one->second.size() != std::string_view("YYYY-MM-DD").size()) {
      issues.push_back(
          {"fatal", "invalid", "59111", "A single valid date is required for birthdate", "birthdate"});
      const search_demand& demand = demands_of(type).front();
      issues.push_back({"fatal", demand.issue, demand.epic_code, std::string(demand.diagnostics),
                        std::string(demand.expression)});
      return answer_fhir(400, write_outcome(issues), "search_birthdate");
    }
  }
  for (const search_demand& demand : demands_of(type)) {
    if (is_met(demand, query)) continue;
    issues.push_back({"fatal", demand.issue, demand.epic_code, std::string(demand.diagnostics),
                      std::string(demand.expression)});
    return answer_fhir(demand.status, write_outcome(issues), "search_needs");
  }
  std::string_view patient;
  for (const criterion& one : query.targets.front().criteria) {
    for (const std::string& id : one.patients()) {
      if (!a.world.records.has_patient(id))
        return refuse(400, "not-found", "4100", "Invalid patient FHIR ID provided", "patient",
                      "search_unknown_patient");
      if (!patient.empty() && patient != id)
        return refuse(400, "business-rule", "4112", "patient and subject name different patients.", "patient",
                      "search_combination");
      patient = id;
    }
  }
  return std::nullopt;
}

}  // namespace epicenter::mock::fhir
