// Which patient's records a resource belongs to (hl7.org/fhir/R4/compartmentdefinition-patient.html).
#pragma once

#include <epicenter/json/value.hpp>
#include <string>

#include "mock-epic/fhir/type_id.hpp"

namespace epicenter::mock::fhir {

/// Whether resources of the type belong to a patient at all.
bool is_of_patients(type_id);
/// The FHIR id of the patient that the content names; empty where it names none. Of the parameters by which
/// R4 counts a resource into the compartment, the one that says whose record it is: an author is not asked.
std::string patient_of(type_id, const json::value& content);

}  // namespace epicenter::mock::fhir
