// What Epic asks of each type beyond R4 when one is created (its API specifications; write probes).
#pragma once

#include <optional>

#include "mock-epic/fhir/answer.hpp"
#include "mock-epic/fhir/store.hpp"
#include "mock-epic/fhir/types.hpp"

namespace epicenter::mock::fhir {

/// Elements that the type needs, with the values that they may have. In profile orders only orders are held
/// to it, and to the elements, not to the values.
std::optional<answer> refuse_incomplete(const type_rules&, const json::value& body, bool orders);
/// The patient is on file, and the encounter is one of theirs. In profile orders only the encounter is looked
/// at, and only where it is on file.
std::optional<answer> refuse_strangers(const type_rules&, const json::value& body, store&, bool orders);
/// Rules of single types: profile strict. `again`: what is on file already is no reason.
std::optional<answer> refuse_by_type(const type_rules&, const json::value& body, store&, bool again);
}  // namespace epicenter::mock::fhir
