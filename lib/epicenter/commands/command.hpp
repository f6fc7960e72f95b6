// What a dictated command asks for, once it is understood.
#pragma once

#include <epicenter/commands/lexicon.hpp>
#include <epicenter/commands/vital_value.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace epicenter::commands {

enum class read_target { labs, vitals, allergies, problems, medications, notes, immunizations, encounters };

/// What is to be read, of the patient of the session.
struct read_intent {
  read_target target = read_target::labs;
  const entry* only = nullptr;     ///< this laboratory test or vital sign alone
  bool trend = false;              ///< its values over time
  bool active_only = false;        ///< of medications and problems
  std::optional<unsigned> newest;  ///< that many of the newest, 1 to 100; nothing: all, or (labs) the latest
  std::optional<unsigned> days;    ///< not older than this, 1 to 3660
  friend bool operator==(const read_intent&, const read_intent&) = default;
};
/// "Observation", "AllergyIntolerance", …: the FHIR type that answers it.
std::string_view resource_type_of(const read_intent&);

enum class priority { routine, urgent, stat };
std::string_view name_of(priority);

struct lab_order {
  const entry* test = nullptr;
  commands::priority priority = priority::routine;
  const entry* indication = nullptr;
  friend bool operator==(const lab_order&, const lab_order&) = default;
};
struct imaging_order {
  const entry* study = nullptr;
  commands::priority priority = priority::routine;
  const entry* indication = nullptr;
  friend bool operator==(const imaging_order&, const imaging_order&) = default;
};
struct medication_order {
  const entry* drug = nullptr;
  const entry* frequency = nullptr;
  bool as_needed = false;
  std::optional<unsigned> days;  ///< 1 to 365
  friend bool operator==(const medication_order&, const medication_order&) = default;
};
/// "10 mg by mouth once daily as needed"
std::string sig_of(const medication_order&);

enum class severity { mild, moderate, severe };
std::string_view name_of(severity);
struct allergy {
  const entry* substance = nullptr;
  const entry* reaction = nullptr;
  std::optional<commands::severity> severity;  ///< of the reaction
  friend bool operator==(const allergy&, const allergy&) = default;
};
struct problem {
  const entry* condition = nullptr;
  friend bool operator==(const problem&, const problem&) = default;
};
struct vital_sign {
  const entry* what = nullptr;
  vital_value value;
  friend bool operator==(const vital_sign&, const vital_sign&) = default;
};
struct note {
  const entry* type = nullptr;
  friend bool operator==(const note&, const note&) = default;
};
using write_intent =
    std::variant<lab_order, imaging_order, medication_order, allergy, problem, vital_sign, note>;
/// "order_lab", "order_imaging", "order_medication", "add_allergy", "add_problem", "record_vitals",
/// "file_note".
std::string_view kind_of(const write_intent&);

enum class control { confirm, cancel, repeat, undo, more };
/// «number two»: one of the choices that were offered, from 1.
struct choice {
  unsigned number = 1;
  friend bool operator==(const choice&, const choice&) = default;
};

using command = std::variant<read_intent, write_intent, control, choice>;

/// The command in the grammar's own words: parses back to the same command.
std::string spoken(const command&);

/// Why an utterance is no command.
enum class misunderstanding_kind {
  too_long,      ///< more than 512 bytes or 64 words
  not_found,     ///< no such command, or a name that is not in the lexicon
  ambiguous,     ///< several commands; see the choices
  negated,       ///< it says what not to do, or what is not
  out_of_range,  ///< a value that cannot be
  incomplete,    ///< a part is missing: the strength, the unit
};
struct misunderstanding {
  misunderstanding_kind kind = misunderstanding_kind::not_found;
  std::string say;                   ///< to the speaker; may hold his words
  std::vector<std::string> choices;  ///< whole commands of which he may say one; at most 9
};

}  // namespace epicenter::commands
