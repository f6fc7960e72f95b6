// One search parameter of a request, read once and held against many resources.
#pragma once

#include <epicenter/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mock-epic/data/civil.hpp"
#include "mock-epic/fhir/types.hpp"

namespace epicenter::mock::fhir {

/// Matches where one of its comma-separated alternatives does (hl7.org/fhir/R4/search.html #combining).
class criterion {
 public:
  /// Nothing where the value cannot be one of the parameter's kind.
  static std::optional<criterion> read(const search_param&, std::string_view value);

  bool matches(const json::value& resource) const;

 private:
  enum class comparison { eq, ne, lt, le, gt, ge };
  struct alternative {
    std::string text;                   ///< code, id, or lower-case prefix
    std::optional<std::string> system;  ///< of a token: absent: any; empty: none
    bool any_code = false;              ///< "system|"
    comparison compare = comparison::eq;
    data::date_range range;
  };

  explicit criterion(const search_param& param) : param_(&param) {}
  bool read_alternative(std::string_view text);
  bool leaf_matches(const json::value& leaf) const;
  static bool token_matches(const alternative&, const json::value& leaf);
  static bool reference_matches(const alternative&, const json::value& leaf);
  static bool text_matches(const alternative&, const json::value& leaf);
  static bool date_matches(const alternative&, const json::value& leaf);

  const search_param* param_;
  std::vector<alternative> alternatives_;
};

/// "Patient/x", "x" or an absolute URL ending in either: "x".
std::string_view id_of_reference(std::string_view reference);

}  // namespace epicenter::mock::fhir
