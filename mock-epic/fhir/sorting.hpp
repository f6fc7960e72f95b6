// _sort (hl7.org/fhir/R4/search.html#sort).
#pragma once

#include <string>
#include <vector>

#include "mock-epic/fhir/search_param.hpp"
#include "mock-epic/fhir/store.hpp"

namespace epicenter::mock::fhir {

struct sort_key {
  std::string name;
  bool descending = false;
};
inline constexpr std::size_t max_sort_keys = 8;

/// "-date,_id". Nothing where a key is of none of the types, or cannot be sorted by.
std::optional<std::vector<sort_key>> read_sort(std::string_view text, std::span<const type_id>, bool orders);
/// Stable. What has no value of a key comes last, whatever the direction.
void sort_hits(hits&, const std::vector<sort_key>&, bool orders);

}  // namespace epicenter::mock::fhir
