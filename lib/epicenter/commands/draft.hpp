// What would be filed, and how it is read back.
#pragma once

#include <epicenter/base/result.hpp>
#include <epicenter/base/time.hpp>
#include <epicenter/commands/command.hpp>
#include <epicenter/json/value.hpp>

namespace epicenter::commands {

enum class errc {
  no_patient = 1,  ///< the session has no patient
  no_identifiers,  ///< fewer than two of name, birth date and record number are known
  no_encounter,    ///< the session has no encounter
  no_user,         ///< nobody is known who asks
  no_text,         ///< a note is to be filed and none was dictated
  unfaithful,      ///< what would be filed does not say what was asked for
};
std::error_code make_error_code(errc);

/// Two identifiers at least are read back: the name and another one where there is one.
struct patient_identity {
  std::string id;  ///< FHIR id
  std::string name;
  std::string birth_date;     ///< "1973-06-03"
  std::string record_number;  ///< MRN
};

/// Where a session stands: never taken from speech.
struct session_context {
  patient_identity patient;
  std::string encounter;  ///< FHIR id
  std::string user;       ///< FHIR id of the Practitioner who speaks
  std::string note_text;  ///< the dictated text that «file … note» files
};

struct draft {
  std::string operation;  ///< UUID: the write keeps it, so that it is filed once
  write_intent what;
  session_context where;
  wall_time drafted_at{};      ///< when a vital sign was taken
  json::value resource = {};   ///< what the adapter will send: see planned_resource
  std::string read_back = {};  ///< with two patient identifiers
  std::string sha256 = {};     ///< see sha256_of; a confirmation counts for it
};

/// The errors say what the session lacks.
result<draft> make_draft(write_intent, session_context, std::string operation, wall_time now);

/// Over the operation, what is read back, and the canonical JSON of the resource.
std::string sha256_of(const draft&);

/// "Derrick Lin, born 1973-06-03"; empty where two identifiers are not known.
std::string identified(const patient_identity&);
/// The write in words, with the displays of its codes: "Order, stat: CBC panel - Blood by Automated count".
std::string described(const write_intent&);

}  // namespace epicenter::commands

template <>
struct std::is_error_code_enum<epicenter::commands::errc> : std::true_type {};
