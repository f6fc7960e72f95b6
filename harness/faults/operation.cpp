#include "harness/faults/operation.hpp"

#include <array>

namespace epicenter::faults {

namespace {

constexpr std::array<std::string_view, 7> names{"patient-context", "latest-labs", "order-lab", "file-note",
                                                "reconcile",       "token",       "metadata"};

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

std::string_view of_resource(std::string_view resource, bool create) {
  if (resource == "ServiceRequest") return create ? "order-lab" : "reconcile";
  if (resource == "DocumentReference") return create ? "file-note" : "reconcile";
  if (create) return {};
  if (resource == "Observation") return "latest-labs";
  if (resource == "Patient" || resource == "AllergyIntolerance" || resource == "Condition" ||
      resource == "MedicationRequest") {
    return "patient-context";
  }
  return {};
}

}  // namespace

std::string_view operation_of(std::string_view method, std::string_view target) {
  auto path = target.substr(0, target.find('?'));
  const bool post = method == "POST";
  if (post && ends_with(path, "/token")) return "token";
  if (method == "GET" &&
      (ends_with(path, "/metadata") || ends_with(path, "/.well-known/smart-configuration"))) {
    return "metadata";
  }
  if (!post && method != "GET" && method != "HEAD") return {};
  // POST [type]/_search reads (hl7.org/fhir/R4/http.html#search); POST [type] creates.
  const bool search = ends_with(path, "/_search");
  while (!path.empty()) {
    const auto slash = path.find('/');
    const auto segment = path.substr(0, slash);
    const auto name = of_resource(segment, post && !search);
    if (!name.empty()) return name;
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return {};
}

std::span<const std::string_view> operation_names() {
  return names;
}

}  // namespace epicenter::faults
