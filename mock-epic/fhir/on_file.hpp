// Whether the chart says already what a create would say again.
#pragma once

#include "mock-epic/fhir/store.hpp"

namespace epicenter::mock::fhir {

/// What is on file of the body's patient and says the same: by the identifier where the body has one; an
/// allergy by its code, as Epic judges it (59141); a reading by code and moment (59189). Null: nothing.
resource_ptr on_file(store&, type_id, const json::value& body);

}  // namespace epicenter::mock::fhir
