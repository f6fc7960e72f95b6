// What Epic asks of a search before it carries it out, as data, after captured replies (reference: Search
// rules).
#pragma once

#include <span>
#include <string_view>

#include "mock-epic/fhir/type_id.hpp"

namespace epicenter::mock::fhir {

/// What a search must name (Epic allows no enumeration of the hospital), and how it is refused without.
struct search_demand {
  /// Alternatives separated by '|': names of parameters. "patient" is met by what means the same; "*" by any
  /// parameter that the type has. _id meets every demand.
  std::string_view one_of;
  unsigned status = 400;
  std::string_view issue;  ///< OperationOutcome.issue.code
  std::string_view epic_code;
  std::string_view diagnostics;
  std::string_view expression;
};
std::span<const search_demand> demands_of(type_id);

/// True: unknown parameters are told in an outcome; else ignored in silence (captured: two types of ten).
bool tells_unknown_parameters(type_id);

/// A kind of record that the captured client was not authorized for: a search that would have met it says so
/// (59204; 59205 where it was the user).
struct suppressed_kind {
  type_id type;
  std::string_view category;  ///< of the search; empty: whatever it asks
  bool user = false;
  std::string_view name;
};
std::span<const suppressed_kind> suppressed_kinds();

}  // namespace epicenter::mock::fhir
