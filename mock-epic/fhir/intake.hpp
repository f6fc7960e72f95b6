// The body of a request as a resource.
#pragma once

#include <epicenter/json/value.hpp>
#include <tl/expected.hpp>

#include "mock-epic/fhir/answer.hpp"

namespace epicenter::mock::fhir {

/// The body by its Content-Type, JSON or XML; a refusal (415, 400 with 59105) where it cannot be read.
/// Without a Content-Type it is taken as JSON.
tl::expected<json::value, answer> read_resource(const http::request&);

/// A refusal that names one thing.
answer refuse(unsigned status, std::string_view code, std::string_view epic_code, std::string diagnostics,
              std::string location, std::string rule);
/// A refusal that names all that was found.
answer refuse(unsigned status, std::span<const issue>, std::string rule);

}  // namespace epicenter::mock::fhir
