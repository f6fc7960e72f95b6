// FHIR JSON as FHIR XML (hl7.org/fhir/R4/xml.html), for clients that ask for nothing better.
#pragma once

#include <epicenter/json/value.hpp>
#include <string>

namespace epicenter::mock::fhir {

/// The resource as XML, written as Epic does: no declaration, a space before "/>" (captured). Members are
/// written in the order they stand in: resources of this server stand in the order of the specification; what
/// a client filed in another order is served in that order. Characters that XML 1.0 has no way to write are
/// left out.
std::string write_xml(const json::value& resource);

}  // namespace epicenter::mock::fhir
