// What Epic declares of its resource types.
#pragma once

#include <span>
#include <string_view>

#include "mock-epic/fhir/type_id.hpp"

namespace epicenter::mock::fhir {

struct epic_capability {
  type_id type;
  std::string_view text;  ///< CapabilityStatement.rest.resource, as JSON
};
/// In Epic's order.
std::span<const epic_capability> epic_capabilities();

}  // namespace epicenter::mock::fhir
