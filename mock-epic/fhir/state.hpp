// What clients changed, saved as text and restored.
#pragma once

#include "mock-epic/data/error.hpp"
#include "mock-epic/fhir/store.hpp"

namespace epicenter::mock::fhir {

/// JSON lines: a header that names format, seed, day and hospital, then every version that clients made, in
/// order, with what waits to be reconciled marked. What was generated is not in it: the seed brings it back.
std::string write_state(const store&);

/// The day of the hospital that the state was made over; nothing where the text is no state.
std::optional<wall_time> day_of_state(std::string_view text);

/// Puts the store into that state in place of what clients changed before. All of it or, where anything is
/// wrong, nothing; errors name the line. The store's hospital must be the one that the state was made over.
result<> read_state(std::string_view text, store&);

}  // namespace epicenter::mock::fhir
