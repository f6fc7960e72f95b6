// Pieces that FHIR resources are built of.
#pragma once

#include <epicenter/json/value.hpp>
#include <string>
#include <string_view>

#include "mock-epic/data/codes.hpp"

namespace epicenter::mock::data {

json::value coding(const coded&);
/// A CodeableConcept of one coding; without a text where none is given.
json::value concept_of(const coded&, std::string_view text = {});
json::value concept_of(json::array codings, std::string_view text);
json::value identifier(std::string_view system, std::string_view value);
/// {"reference":"Patient/…","display":"Lin, Derrick"}
json::value reference(std::string_view type, std::string_view id, std::string_view display);

}  // namespace epicenter::mock::data
