// Resources that go with the matches: _include and _revinclude.
#pragma once

#include <functional>

#include "mock-epic/fhir/search_query.hpp"

namespace epicenter::mock::fhir {

/// Of one page.
inline constexpr std::size_t max_included = 1'000;
inline constexpr std::size_t max_iterations = 3;

/// What the inclusions bring beside the matches, each resource once, in the order found. `permitted` decides
/// of each. What refers to a resource of no patient is looked for in small hospitals only.
hits find_included(const hits& matches, const search_query&, const search_world&,
                   const std::function<bool(const resource&)>& permitted);

}  // namespace epicenter::mock::fhir
