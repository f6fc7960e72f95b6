// One value of a search parameter: read from the request, held against what a resource has
// (hl7.org/fhir/R4/search.html#ptypes).
#pragma once

#include <epicenter/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "mock-epic/data/civil.hpp"
#include "mock-epic/fhir/search_param.hpp"

namespace epicenter::mock::fhir {

enum class comparison { eq, ne, lt, le, gt, ge, sa, eb, ap };

struct token_value {
  std::optional<std::string> system;  ///< absent: any; empty: none
  std::string code;                   ///< empty: any code of the system
  static std::optional<token_value> read(std::string_view escaped);
  /// A code, boolean, Coding, CodeableConcept, Identifier, ContactPoint or string.
  bool matches(const json::value& leaf) const;
};

/// Identifiers by the code of their type: "system|code|value".
struct typed_identifier {
  token_value type;
  std::string value;
  static std::optional<typed_identifier> read(std::string_view escaped);
  bool matches(const json::value& leaf) const;
};

struct reference_value {
  std::string type;  ///< empty: any
  std::string id;    ///< empty: only the URL counts
  std::string url;   ///< as it was given
  /// `base` is the server's own URL: a reference to it is a local one.
  static std::optional<reference_value> read(std::string_view escaped, std::string_view base);
  /// A Reference, or a canonical or uri.
  bool matches(const json::value& leaf, std::string_view base) const;
};

enum class text_match { starts, exact, contains };
struct text_value {
  std::string text;  ///< folded unless the match is exact
  text_match how = text_match::starts;
  static std::optional<text_value> read(std::string_view escaped, text_match);
  bool matches(std::string_view held) const;
  /// A string, HumanName, Address or Annotation: any of its parts.
  bool matches(const json::value& leaf) const;
  /// The text, display and type text of a token or reference.
  bool matches_label(const json::value& leaf) const;
};

/// Whole seconds: fractions of a second are taken for the second they lie in.
struct date_value {
  comparison compare = comparison::eq;
  data::date_range range;
  static std::optional<date_value> read(std::string_view text, wall_time now);
  bool matches(const data::date_range& held) const;
  /// A date, dateTime, instant, Period or Timing (its outer limits).
  bool matches(const json::value& leaf) const;
};

struct quantity_value {
  comparison compare = comparison::eq;
  double value = 0;
  double half = 0;                    ///< half a unit of the last digit written: 5.4 is [5.35, 5.45)
  std::optional<std::string> system;  ///< absent: any
  std::string code;                   ///< empty: any
  static std::optional<quantity_value> read_number(std::string_view text);
  static std::optional<quantity_value> read(std::string_view escaped);
  /// A number, Quantity, Money or Range.
  bool matches(const json::value& leaf) const;
};

enum class uri_match { exact, below, above };
struct uri_value {
  std::string uri;
  uri_match how = uri_match::exact;
  bool matches(const json::value& leaf) const;
};

/// The stretch of time that a date, Period or Timing covers; nothing where it says none.
std::optional<data::date_range> range_of(const json::value& leaf);
/// "Patient/x", "x" or an absolute URL ending in either: "x". A version ("/_history/2") is not looked at.
std::string_view id_of_reference(std::string_view reference);

struct reference_parts {
  std::string_view type, id;
  bool local = true;  ///< false: of another server
};
/// Nothing where the text names no resource.
std::optional<reference_parts> parts_of_reference(std::string_view reference, std::string_view base);

}  // namespace epicenter::mock::fhir
