// A resource as the hospital writes it.
#pragma once

#include <string>

#include "mock-epic/fhir/type_id.hpp"

namespace epicenter::mock::data {

struct generated {
  fhir::type_id type{};
  std::string id;
  std::string patient;  ///< FHIR id of its subject; empty: of no patient
  std::string text;     ///< JSON, one line
};

}  // namespace epicenter::mock::data
