// A page of search results.
#pragma once

#include <epicenter/fhir/operation_outcome.hpp>

namespace epicenter::fhir {

/// partial: the server says, or its outcome implies, that results are missing (59204 client not authorized
/// for a sub-resource, 59205 the user is not, 4119 more data may exist, or any error).
enum class completeness { full, partial };

struct bundle {
  std::vector<json::value> matches;   ///< what was searched for
  std::vector<json::value> included;  ///< what _include and _revinclude brought
  operation_outcome outcome;          ///< of the entries with mode outcome; never among the results
  completeness complete = completeness::full;
  std::optional<std::int64_t> total;  ///< as written; Epic gives the page's size where _count is set
  std::string next;  ///< verbatim; empty on the last page. Only this tells that there is more
};

/// Takes a Bundle apart. Nothing where the value is no Bundle.
std::optional<bundle> parse_bundle(json::value);

}  // namespace epicenter::fhir
