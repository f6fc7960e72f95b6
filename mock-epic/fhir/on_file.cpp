#include "mock-epic/fhir/on_file.hpp"

#include "mock-epic/fhir/patient_of.hpp"
#include "mock-epic/fhir/walk.hpp"

namespace epicenter::mock::fhir {
namespace {

bool says_the_same(type_id type, const json::value& held, const json::value& body) {
  const std::string_view identifier = first_string(body, "identifier.value");
  if (!identifier.empty()) return identifier == first_string(held, "identifier.value");
  if (type != type_id::allergy_intolerance && type != type_id::observation) return false;
  const std::string_view code = first_string(body, "code.coding.code");
  if (code.empty() || code != first_string(held, "code.coding.code")) return false;
  return type == type_id::allergy_intolerance ||
         held.string_at("effectiveDateTime") == body.string_at("effectiveDateTime");
}

}  // namespace

resource_ptr on_file(store& in, type_id type, const json::value& body) {
  const std::string patient = patient_of(type, "", body);
  if (patient.empty()) return nullptr;
  for (resource_ptr& held : in.of_patient(type, patient))
    if (says_the_same(type, held->value(), body)) return std::move(held);
  return nullptr;
}

}  // namespace epicenter::mock::fhir
