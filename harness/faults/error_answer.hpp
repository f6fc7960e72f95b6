// What answers that are errors have in common: their bodies and the moment to try again.
#pragma once

#include <epicenter/base/time.hpp>
#include <epicenter/http/message.hpp>
#include <string>
#include <string_view>

namespace epicenter::faults {

enum class error_body {
  outcome,  ///< a FHIR OperationOutcome
  html,     ///< the page of a load balancer
  empty     ///< none
};
/// "outcome", "html" or "empty".
error_body error_body_named(std::string_view word);

/// The code of the value set issue-type (hl7.org/fhir/R4/valueset-issue-type.html) for a status.
std::string_view issue_code(unsigned status);

/// Gives the answer, whose status is set, its body and its Content-Type.
void give_error_body(http::response&, error_body, std::string_view issue_code);

enum class retry_after_form { seconds, date };
/// The value of Retry-After. Both forms count whole seconds (RFC 9110, section 10.2.3); rounded up, so that
/// the promise is kept.
std::string retry_after_value(retry_after_form, duration after, wall_time now);

}  // namespace epicenter::faults
