// Search results as Epic's Bundles, spliced from the stored texts.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "mock-epic/fhir/store.hpp"
#include "mock-epic/fhir/types.hpp"

namespace epicenter::mock::fhir {

struct bundle_parts {
  std::string_view base;  ///< "http://host/…/R4"
  std::string self;       ///< URL
  std::string next;       ///< URL, or empty on the last page
  std::span<const resource_ptr> page;
  std::size_t total = 0;
  std::string outcome;       ///< an OperationOutcome to append, or empty
  std::string outcome_uuid;  ///< its fullUrl's
};

std::string write_bundle(const bundle_parts&);

}  // namespace epicenter::mock::fhir
