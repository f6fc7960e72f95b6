// Generated from the StructureDefinitions of FHIR R4 (4.0.1): of each type the elements marked as summary,
// and those that it must have. "value[x]" stands for every choice.
#include <array>

#include "mock-epic/fhir/subset.hpp"

namespace epicenter::mock::fhir {
namespace {

constexpr std::array<element_names, type_count> all{{
#include "mock-epic/fhir/subset_rows.inc"
}};

}  // namespace

const element_names& elements_of(type_id type) {
  return all[static_cast<std::size_t>(type)];
}

}  // namespace epicenter::mock::fhir
