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

/// What the site wants drafts to look like.
struct draft_rules {
  /// ServiceRequest.status and MedicationRequest.status: "draft", or "active" where the site signs at once.
  std::string order_status = "draft";
};

struct draft {
  std::string operation;  ///< UUID: the write keeps it, so that it is filed once
  write_intent what;
  session_context where;
  json::value resource;
  std::string sha256;     ///< of the resource's canonical JSON
  std::string read_back;  ///< with two patient identifiers
};

/// The errors say what the session lacks.
result<draft> make_draft(write_intent, session_context, const draft_rules&, std::string operation,
                         wall_time now);

/// "Derrick Lin, born 1973-06-03"; empty where two identifiers are not known.
std::string identified(const patient_identity&);
/// The write in words, with the displays of its codes: "Order, stat: CBC panel - Blood by Automated count".
std::string described(const write_intent&);
/// The FHIR resource without identifier. Notes are preliminary, conditions provisional, allergies
/// unconfirmed.
json::value resource_of(const write_intent&, const session_context&, const draft_rules&, wall_time now);

}  // namespace epicenter::commands

template <>
struct std::is_error_code_enum<epicenter::commands::errc> : std::true_type {};
