// Search parameters as data (hl7.org/fhir/R4/searchparameter-registry.html).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "mock-epic/fhir/type_id.hpp"

namespace epicenter::mock::fhir {

enum class param_kind : std::uint8_t { token, reference, text, date, number, quantity, uri, composite };

enum class param_source : std::uint8_t {
  r4,    ///< R4 defines it, Epic does not declare it: unknown in profile strict
  epic,  ///< Epic's own
  both,
};

struct search_param {
  std::string_view name;
  param_kind kind;
  /// Where its values lie (select.hpp). "!": Epic declares it, and it filters nothing over the public API. Of
  /// a composite: alternatives separated by '&', each "base;kind:path;kind:path".
  std::string_view path;
  std::string_view targets;  ///< of a reference: names of types, separated by commas; "*": any
  param_source source = param_source::both;

  bool is_of(bool orders) const { return orders || source != param_source::r4; }
};

/// Sorted by name.
std::span<const search_param> params_of(type_id);
/// nullptr where the profile does not know the parameter of that type. Those that every type has in R4
/// (_lastUpdated, _profile, _tag, _security, _source) are known in profile orders.
const search_param* find_param(type_id, std::string_view name, bool orders);
/// "token", "string", …
std::string_view name_of(param_kind);

}  // namespace epicenter::mock::fhir
