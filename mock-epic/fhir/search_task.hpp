// The steps of a search, each on its own: what is refused, where to look, what matches.
#pragma once

#include "mock-epic/fhir/call.hpp"
#include "mock-epic/fhir/search_query.hpp"

namespace epicenter::mock::fhir {

/// A request with all that is known of it.
struct search_task {
  const call& c;
  const http::parameters& parameters;
  search_world world;
  std::string path;  ///< below the base: "Observation", "Patient/x/Observation"
  search_query query;

  /// The URL of the search, with these parameters. Epic repeats them by name, those of the framework last.
  std::string url(http::parameters) const;
  std::string self() const { return url(parameters); }
};

/// What Epic refuses of a search that is well formed: too little named, unknown ids, contradictions.
std::optional<answer> refuse_unscoped(const search_task&);
/// Where the matches can only be, in the order of filing; nothing: all charts must be looked through.
std::optional<hits> candidates_of(const search_task&);
/// Those of the candidates that match and that the call may see.
hits matches_among(const search_task&, const hits& candidates);
/// Whether the token of the call lets it see the resource.
bool is_permitted(const call&, const resource&, interaction);

}  // namespace epicenter::mock::fhir
