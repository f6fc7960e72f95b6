// A page of search results.
#pragma once

#include <epicenter/fhir/completeness.hpp>
#include <optional>

namespace epicenter::fhir {

struct bundle {
  std::vector<json::value> matches;   ///< what was searched for
  std::vector<json::value> included;  ///< what _include and _revinclude brought
  operation_outcome outcome;          ///< of the entries with mode outcome; never among the results
  completeness complete = completeness::full;
  missing_set missing;                ///< why it is not complete
  std::optional<std::int64_t> total;  ///< as written; Epic gives the page's size where _count is set
  std::string next;  ///< verbatim; empty on the last page. Only this tells that there is more

  /// Sets outcome and what follows from it: missing and complete.
  void take_outcome(operation_outcome);
};

enum class entry_role { match, included, outcome };

/// A result in its place in the bundle.
struct bundle_entry {
  entry_role role = entry_role::match;
  json::value resource;
};
/// Nothing where the entry holds no resource. An OperationOutcome is an outcome whatever its mode says, and
/// what has that mode is no result.
std::optional<bundle_entry> read_entry(json::value entry);

/// Takes a Bundle apart. Nothing where the value is no Bundle.
std::optional<bundle> parse_bundle(json::value);

}  // namespace epicenter::fhir
