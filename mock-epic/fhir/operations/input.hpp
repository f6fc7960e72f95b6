// What an operation was given (hl7.org/fhir/R4/operations.html #request).
#pragma once

#include <epicenter/http/url.hpp>
#include <tl/expected.hpp>

#include "mock-epic/fhir/answer.hpp"
#include "mock-epic/fhir/call.hpp"

namespace epicenter::mock::fhir {

/// What was asked for, or why it is refused.
template <class T>
using or_refusal = tl::expected<T, answer>;

struct operation_input {
  http::parameters texts;  ///< of the query, then of the body: primitives as text, of a reference its target
  json::value body;        ///< the Parameters resource; null without one
};

/// The query, and with POST a Parameters resource or a form. 400 or 415 where it cannot be read.
or_refusal<operation_input> read_input(const call&);

/// "400, fatal, this code, these diagnostics": most refusals of an operation are that.
answer refuse_operation(unsigned status, std::string_view issue_code, std::string_view epic_code,
                        std::string diagnostics, std::string rule);

/// True where a Prefer header names the preference: "respond-async", "handling=lenient" (RFC 7240).
bool prefers(const http::request&, std::string_view preference);

/// The parts between commas; empty ones are left out.
std::vector<std::string_view> split_list(std::string_view text);

}  // namespace epicenter::mock::fhir
