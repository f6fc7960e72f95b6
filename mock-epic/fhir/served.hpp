// A resource as a client gets it.
#pragma once

#include <string>

#include "mock-epic/fhir/resource.hpp"

namespace epicenter::mock::fhir {

/// Appends the resource's JSON. strict: the stored text as it is, for Epic shows no versions. orders: with
/// meta.versionId and meta.lastUpdated (hl7.org/fhir/R4/resource.html#Meta) put into it, whatever else meta
/// holds kept. Nothing for a deleted version.
void write_served(std::string& out, const resource&, bool orders);
std::string served_text(const resource&, bool orders);

}  // namespace epicenter::mock::fhir
