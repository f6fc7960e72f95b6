// Whose compartment a resource is in (hl7.org/fhir/R4/compartmentdefinition-patient.html).
#pragma once

#include <epicenter/json/value.hpp>
#include <string>

#include "mock-epic/fhir/type_id.hpp"

namespace epicenter::mock::fhir {

/// The id of its patient: `id`, its own, of a Patient; of others that of the first reference to a patient
/// among the elements that put it into a compartment; empty where it is in none.
std::string patient_of(type_id, std::string_view id, const json::value& content);

}  // namespace epicenter::mock::fhir
