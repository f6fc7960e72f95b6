// What a server says that it can do (GET [base]/metadata).
#pragma once

#include <epicenter/fhir/reference.hpp>
#include <map>
#include <set>

namespace epicenter::fhir {

struct type_capabilities {
  std::set<std::string, std::less<>> interactions;  ///< "read", "search-type", "create", "update", …
  bool conditional_create = false;
  bool update_create = false;
  bool versioned = false;  ///< «versioned» or «versioned-update»
  std::set<std::string, std::less<>> search_parameters;
  bool can(std::string_view interaction) const { return interactions.contains(interaction); }
};

/// A type that is not there is one the server does nothing with.
struct capabilities {
  std::string fhir_version;  ///< "4.0.1"
  std::map<std::string, type_capabilities, std::less<>> types;
  const type_capabilities* find(std::string_view type) const;
  bool can(std::string_view type, std::string_view interaction) const;
};

/// Of the first rest with mode «server». Nothing where the value is no CapabilityStatement.
std::optional<capabilities> parse_capabilities(const json::value&);

}  // namespace epicenter::fhir
