// Search results as Bundles, spliced from the stored texts.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mock-epic/fhir/store.hpp"
#include "mock-epic/fhir/subset.hpp"

namespace epicenter::mock::fhir {

struct bundle_link {
  std::string_view relation;
  std::string url;
};

struct bundle_parts {
  std::string_view base;  ///< "http://host/…/R4"
  bool orders = false;    ///< entries as R4 servers write them; else as Epic does
  std::vector<bundle_link> links;
  std::span<const resource_ptr> page;
  std::span<const resource_ptr> included;
  std::optional<std::size_t> total;
  const fhir::subset* subset = nullptr;  ///< null: whole resources
  std::string outcome;                   ///< an OperationOutcome to append, or empty
  std::string outcome_uuid;              ///< its fullUrl's
};

std::string write_bundle(const bundle_parts&);

}  // namespace epicenter::mock::fhir
