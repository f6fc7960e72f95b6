// What this server knows of each resource type, as data: search parameters, what a search must name, what a
// create needs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace epicenter::mock::fhir {

enum class type_id : std::uint8_t {
  patient,
  encounter,
  allergy_intolerance,
  condition,
  medication_request,
  observation,
  service_request,
  document_reference,
};
inline constexpr std::size_t type_count = 8;

enum class param_kind { token, reference, text, date };

struct search_param {
  std::string_view name;
  param_kind kind;
  std::string_view path;  ///< keys from the resource down; arrays on the way are walked through
};

/// What a search must name before it is carried out (Epic allows no enumeration of the hospital).
enum class search_needs {
  demographics,      ///< _id, identifier, or a combination of demographics
  patient,           ///< _id, patient or subject
  patient_and_kind,  ///< and a category or a code
};

/// How a search without it is refused, after the captured replies of each type.
struct search_refusal {
  unsigned status;
  std::string_view issue;  ///< OperationOutcome.issue.code
  std::string_view epic_code;
  std::string_view diagnostics;
  std::string_view expression;
};

enum class creation {
  no,  ///< 405
  yes,
  orders,  ///< declared, but 403 outside the orders profile: Epic takes orders by CDS Hooks only
};

/// An element that a create must carry.
struct required_element {
  std::string_view path;
  std::span<const std::string_view> allowed;  ///< empty: any value
};

struct type_rules {
  type_id id;
  std::string_view name;
  std::span<const search_param> params;
  search_needs needs;
  search_refusal refusal;
  bool identifier_suffices;  ///< a search by identifier needs no patient
  bool reports_unknown;      ///< unknown parameters are told in an outcome; else ignored in silence
  creation create;
  std::span<const required_element> required;
  std::span<const std::string_view> not_kept;  ///< elements accepted on create and lost
  bool held;                 ///< creates wait for reconciliation: readable by id, not yet searchable
  std::string_view subject;  ///< the element that names the patient
};

const std::array<type_rules, type_count>& all_types();
const type_rules& rules_of(type_id);
/// nullptr where the server has no such type.
const type_rules* find_type(std::string_view name);

}  // namespace epicenter::mock::fhir
