// What this server offers of each resource type, and what a create needs, as data. Searches: search_param.hpp
// and search_rules.hpp.
#pragma once

#include <array>
#include <span>

#include "mock-epic/fhir/type_id.hpp"

namespace epicenter::mock::fhir {

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
