#include "mock-epic/fhir/validation.hpp"

#include "mock-epic/fhir/intake.hpp"
#include "mock-epic/fhir/validator.hpp"
#include "mock-epic/fhir/versioned_answer.hpp"
#include "mock-epic/fhir/walk.hpp"

namespace epicenter::mock::fhir {

answer answer_validation(const call& c) {
  if (c.request.method != "POST") {
    answer refused = answer_empty(405, "method");
    refused.response.fields.set("Allow", "POST");
    return refused;
  }
  if (c.asked.type)
    if (auto refused = refuse_unpermitted(c, *c.asked.type, interaction::operation, nullptr))
      return std::move(*refused);
  auto body = read_resource(c.request);
  if (!body) return std::move(body.error());
  const json::value* resource = &*body;
  if (body->string_at("resourceType") == "Parameters" && c.asked.type != type_id::parameters) {
    resource = nullptr;
    walk(*body, "parameter", [&](const json::value& one) {
      if (one.string_at("name") == "resource") resource = one.find("resource");
      return resource != nullptr;
    });
    if (!resource)
      return refuse(400, "required", "59108", "Required parameter missing: resource", "resource",
                    "validate_resource");
  }
  std::vector<issue> findings = validate(*resource);
  if (c.asked.type && resource->string_at("resourceType") != name_of(*c.asked.type))
    findings.insert(findings.begin(),
                    {"fatal", "structure", "59105", "resourceType does not match the URL.", "resourceType"});
  for (issue& one : findings) one.severity = "error";
  if (findings.empty())
    findings.push_back({"information", "informational", "", "The resource is valid.", ""});
  return refuse(200, findings, "");
}

}  // namespace epicenter::mock::fhir
