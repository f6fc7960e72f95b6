// Binaries in their own content type (hl7.org/fhir/R4/binary.html #rest).
#pragma once

#include <optional>

#include "mock-epic/fhir/answer.hpp"
#include "mock-epic/fhir/resource.hpp"

namespace epicenter::mock::fhir {

/// The content itself, where the resource is a Binary and the request does not name a FHIR format: Epic's
/// notes come as text/html and text/rtf. Nothing where the resource is to be served as such.
std::optional<answer> answer_content(const http::request&, const resource&);

}  // namespace epicenter::mock::fhir
