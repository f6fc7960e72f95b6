// The operation $validate (hl7.org/fhir/R4/resource-operation-validate.html): profile orders.
#pragma once

#include "mock-epic/fhir/answer.hpp"
#include "mock-epic/fhir/call.hpp"

namespace epicenter::mock::fhir {

/// Validates the body, or the parameter "resource" of a Parameters body, against R4: 200 with what was found.
/// Files nothing. A body that is no resource at all is 400.
answer answer_validation(const call&);

}  // namespace epicenter::mock::fhir
