#include <algorithm>
#include <array>

#include "mock-epic/bulk/exporter.hpp"
#include "mock-epic/fhir/operations/handlers.hpp"

namespace epicenter::mock::fhir {
namespace {

answer export_system(const call& c, operation_world& world) {
  return world.exporter.kick_off(c, bulk::export_level::system);
}
answer export_patients(const call& c, operation_world& world) {
  return world.exporter.kick_off(c, bulk::export_level::patients);
}
answer export_group(const call& c, operation_world& world) {
  return world.exporter.kick_off(c, bulk::export_level::group);
}

using enum operation_level;
constexpr auto table = std::to_array<operation_info>({
    {"export", system, std::nullopt, false, "GET, POST", "export",
     "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export", export_system},
    {"docref", type, type_id::document_reference, false, "GET, POST", "docref",
     "http://hl7.org/fhir/us/core/OperationDefinition/docref", run_docref},
    {"export", instance, type_id::group, true, "GET, POST", "group-export",
     "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/group-export", export_group},
    {"lastn", type, type_id::observation, false, "GET, POST", "lastn",
     "http://hl7.org/fhir/OperationDefinition/Observation-lastn", run_lastn},
    {"export", type, type_id::patient, false, "GET, POST", "patient-export",
     "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/patient-export", export_patients},
    {"match", type, type_id::patient, true, "POST", "match",
     "http://hl7.org/fhir/OperationDefinition/Patient-match", run_match},
    {"summary", instance, type_id::patient, true, "GET, POST", "summary",
     "http://hl7.org/fhir/uv/ips/OperationDefinition/summary", run_summary},
    {"everything", instance, type_id::patient, false, "GET, POST", "everything",
     "http://hl7.org/fhir/OperationDefinition/Patient-everything", run_everything},
});

operation_level level_of(const route& asked) {
  if (!asked.type) return system;
  return asked.id.empty() ? type : instance;
}

bool takes_method(std::string_view methods, std::string_view method) {
  if (method == "HEAD") method = "GET";
  const std::size_t at = methods.find(method);
  return at != std::string_view::npos;
}

}  // namespace

std::span<const operation_info> operations() {
  return table;
}

answer run_operation(const call& c, operation_world& world) {
  const std::string_view name = std::string_view(c.asked.operation).substr(1);
  const auto found = std::find_if(table.begin(), table.end(), [&](const operation_info& one) {
    return one.name == name && one.type == c.asked.type && one.level == level_of(c.asked) &&
           (world.orders || one.strict) && (c.asked.type || c.asked.id.empty());
  });
  if (found == table.end()) {
    if (!world.orders) return answer_html_404();
    const issue unknown{"fatal", "not-supported", "59136", "No such operation here.", ""};
    return answer_outcome(404, unknown, "unknown_operation");
  }
  if (!takes_method(found->methods, c.request.method)) {
    answer refused = answer_empty(405, "method");
    refused.response.fields.set("Allow", std::string(found->methods));
    return refused;
  }
  return found->run(c, world);
}

}  // namespace epicenter::mock::fhir
