// What the table of operations runs; one file each.
#pragma once

#include "mock-epic/fhir/operations/operation.hpp"

namespace epicenter::mock::fhir {

/// Patient/$match (hl7.org/fhir/R4/patient-operation-match.html). strict: onlyCertainMatches must be the
/// boolean true; 400/59013 where no match is good enough, 400/59011 where several are.
answer run_match(const call&, operation_world&);
/// Patient/{id}/$summary (hl7.org/fhir/uv/ips, OperationDefinition summary): an International Patient
/// Summary.
answer run_summary(const call&, operation_world&);
/// Patient/{id}/$everything (hl7.org/fhir/R4/patient-operation-everything.html) with _since, _type and
/// _count.
answer run_everything(const call&, operation_world&);
/// Observation/$lastn (hl7.org/fhir/R4/observation-operation-lastn.html) of one patient.
answer run_lastn(const call&, operation_world&);
/// DocumentReference/$docref (hl7.org/fhir/us/core, OperationDefinition docref): documents that there are;
/// none is generated.
answer run_docref(const call&, operation_world&);

}  // namespace epicenter::mock::fhir
