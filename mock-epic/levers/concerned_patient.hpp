// Whose chart a request is about.
#pragma once

#include "mock-epic/fhir/call.hpp"
#include "mock-epic/fhir/store.hpp"

namespace epicenter::mock {

/// The FHIR id of the patient, known from the path, a search parameter, the record that the path names, or
/// the body of a create. Empty where the request is about nobody, or about several.
std::string concerned_patient(const fhir::call&, fhir::store&);

/// True for the given share of all ids, the same ones for the same seed.
bool is_among(std::string_view id, std::int64_t share_ppm, std::uint64_t seed);

}  // namespace epicenter::mock
