// Parts of resources: _summary and _elements (hl7.org/fhir/R4/search.html#summary).
#pragma once

#include <epicenter/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "mock-epic/fhir/type_id.hpp"

namespace epicenter::mock::fhir {

/// Names separated by commas.
struct element_names {
  std::string_view summary;
  std::string_view mandatory;
};
const element_names& elements_of(type_id);

enum class summary { none, yes, text, data, count };

struct subset {
  fhir::summary how = summary::none;
  std::vector<std::string> elements;  ///< of _elements; empty: all

  bool whole() const { return how == summary::none && elements.empty(); }
};

/// The resource with what was asked for, what it must have, and the tag SUBSETTED in meta.
std::string write_subset(type_id, const json::value& resource, const subset&);

}  // namespace epicenter::mock::fhir
