// Why the adapter did not do what it was asked for.
#pragma once

#include <epicenter/base/result.hpp>

namespace epicenter::epic {

enum class errc {
  unavailable = 1,     ///< the EHR could not be reached and nothing fit to serve is cached
  deadline,            ///< no answer by the caller's deadline
  overloaded,          ///< refused locally: queue full
  circuit_open,        ///< refused locally: the breaker of this kind of call is open
  auth_denied,         ///< Epic refuses our credentials, with a fresh token too
  rejected,            ///< Epic answered, and the answer is no (4xx)
  protocol,            ///< Epic's answer is not FHIR
  not_supported,       ///< the site does not do this at all: by its profile, or by its answer (405, 406, 415)
  invalid_argument,    ///< the call itself is not complete; nothing was sent
  conflict,            ///< the same operation id was used for another content; nothing was sent
  ledger_unavailable,  ///< the write could not be recorded first; nothing was sent
  audit_unavailable,   ///< the audit log takes no events; the write was not sent
  stopped,             ///< the adapter is shut down
  wrong_patient,       ///< Epic's answer is about another patient than the one asked for; it is not shown
  restricted,          ///< break-the-glass protects the patient (4130, 4131); never tried again by itself
  patient_merged,      ///< the patient was merged into another (4107), and nobody has confirmed it yet
  parked,              ///< a daily limit of the site is used up (4135): not before the site's next day
  site_misconfigured,  ///< the site lacks a configuration that the write needs (59108, 59188)
  switched_off,        ///< by policy, for everybody or this user; nothing was sent
  not_found,           ///< no such write, or it is not for a person to decide
  too_large,  ///< Epic's answer has more bytes than are taken at once; exchange() reads it as a stream
  moved_on,   ///< the write has changed since the person who decides looked at it; nothing was changed
};
std::error_code make_error_code(errc);

}  // namespace epicenter::epic

template <>
struct std::is_error_code_enum<epicenter::epic::errc> : std::true_type {};
