// FHIR's XML as FHIR's JSON (hl7.org/fhir/R4/xml.html, json.html).
#pragma once

#include <epicenter/json/value.hpp>
#include <string_view>

namespace epicenter::mock::fhir {

/// Names, arrays and kinds of values follow R4's definitions; elements that R4 does not know are kept, so
/// that the validator can name them. Bounded in size (16 MiB) and depth (64). No DTD, so no entities but the
/// five of XML. Errors name the offset, never the content.
result<json::value> read_xml(std::string_view text);

}  // namespace epicenter::mock::fhir
