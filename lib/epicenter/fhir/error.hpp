// Why a FHIR request did not give what was asked for.
#pragma once

#include <epicenter/base/result.hpp>

namespace epicenter::fhir {

/// Epic's codes in the explanations are those of its OperationOutcome code system (fhir.epic.com, api 1048).
enum class errc {
  invalid_input = 1,  ///< this side asked for something that is no FHIR request: a bad type, id or link
  not_fhir,      ///< the answer is not FHIR: a gateway's page, broken JSON, nothing where a resource belongs
  unauthorized,  ///< 401: the token is not (or no longer) accepted
  forbidden,     ///< 403: the client or the user may not
  restricted,    ///< break-the-glass protects the patient (4130, 4131)
  not_found,     ///< the resource does not exist (404 with an outcome, not-found, 59008, 4102)
  gone,          ///< deleted (410, 4103)
  merged,        ///< the patient was merged into another (4107)
  conflict,      ///< 409, 412: read again and decide again
  duplicate,     ///< it is there already (59141, 59189, duplicate)
  rejected,      ///< the content or the query is not accepted (other 4xx)
  unsupported,   ///< 405, 406, 415, 501: the server does not do this
  session_expired,  ///< the cached search has expired; start the search again (4113)
  quota_exceeded,   ///< a daily limit is used up (4135)
  throttled,        ///< 429, or an outcome that says so
  unavailable,      ///< 408, 5xx, or an outcome that says the trouble is passing
  no_answer,        ///< the exchange brought no whole answer; the cause says why
  too_large,        ///< more than this side takes
  outcome_unknown,  ///< the server may have acted or not
  in_progress,      ///< the server is still at it: ask again later
};
std::error_code make_error_code(errc);

}  // namespace epicenter::fhir

template <>
struct std::is_error_code_enum<epicenter::fhir::errc> : std::true_type {};
