// What this server knows of each resource type, as data: search parameters, what a search must name, what a
// create needs.
#pragma once

#include <array>
#include <span>

#include "mock-epic/fhir/type_id.hpp"

namespace epicenter::mock::fhir {

enum class param_kind { token, reference, text, date };

struct search_param {
  std::string_view name;
  param_kind kind;
  std::string_view path;  ///< keys from the resource down; arrays on the way are walked through
};

/// What a search must name before it is carried out (Epic allows no enumeration of the hospital).
enum class search_needs {
  nothing,
  demographics,      ///< _id, identifier, or a combination of demographics
  patient,           ///< _id, patient or subject
  patient_and_kind,  ///< and a category or a code
};

/// How a search without it is refused, after the captured replies of each type.
struct search_refusal {
  unsigned status = 400;
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

/// The interactions that Epic's public API offers of a type.
struct interactions {
  bool read = false;
  bool search = false;
  bool create = false;
  bool update = false;
  bool any() const { return read || search || create || update; }
};

struct type_rules {
  type_id id{};
  interactions epic;  ///< none: strict does not know the type
  std::span<const search_param> params;
  search_needs needs = search_needs::nothing;
  search_refusal refusal;
  bool identifier_suffices = false;  ///< a search by identifier needs no patient
  bool reports_unknown = false;      ///< unknown parameters are told in an outcome; else ignored in silence
  creation create = creation::no;
  std::span<const required_element> required;
  std::span<const std::string_view> not_kept;  ///< elements accepted on create and lost
  bool held = false;         ///< creates wait for reconciliation: readable by id, not yet searchable
  std::string_view subject;  ///< the element that names the patient

  std::string_view name() const { return name_of(id); }
};

const std::array<type_rules, type_count>& all_types();
const type_rules& rules_of(type_id);
/// nullptr where R4 has no such type.
const type_rules* find_type(std::string_view name);

}  // namespace epicenter::mock::fhir
