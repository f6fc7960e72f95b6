// One search parameter of a request, read once and held against many resources.
#pragma once

#include <memory>
#include <variant>

#include "mock-epic/data/person.hpp"
#include "mock-epic/fhir/search_value.hpp"
#include "mock-epic/fhir/select.hpp"
#include "mock-epic/fhir/store.hpp"

namespace epicenter::mock::fhir {

/// What criteria look at beside the resource.
struct search_world {
  store& records;
  std::string base;  ///< absolute URL of this server
  wall_time now{};
  bool orders = false;
  /// Searches that have to look through every chart are carried out at once up to so many patients.
  std::size_t small_hospital = 500;
};

/// Links of a chain, and _has within _has.
inline constexpr std::size_t max_chain = 3;
/// Comma-separated values of one parameter.
inline constexpr std::size_t max_alternatives = 500;

enum class unreadable {
  parameter,  ///< the type has none of that name
  modifier,   ///< one that does not go with the parameter, or that nobody serves
  value,
  too_deep,    ///< a chain of more than max_chain links
  too_costly,  ///< would have to look through every chart of a large hospital
};

/// Matches where one of its comma-separated alternatives does (hl7.org/fhir/R4/search.html #combining).
class criterion {
 public:
  using reading = std::variant<criterion, unreadable>;
  /// `name` with modifier ("code:not"), chain ("subject:Patient.name") or reverse chain
  /// ("_has:Observation:patient:code").
  static reading read(type_id, std::string_view name, std::string_view value, const search_world&);

  bool matches(const resource&, const search_world&) const;

  /// Whether demographics can tell that a patient does not match.
  bool tells_people_apart() const;
  /// False where the patient of these demographics does not match, whatever else the chart holds.
  bool may_match(const data::demographics&) const;

  /// The parameter's name, without modifier and chain.
  std::string_view name() const { return name_; }
  /// Where it only asks for resources of these patients: their ids. An id without a type may be another
  /// type's where the parameter takes several.
  const std::vector<std::string>& patients() const { return patients_; }
  /// Where it only asks for these identifiers: their values.
  std::vector<std::string_view> identifiers() const;
  /// Where it only asks for these ids.
  const std::vector<std::string>& ids() const { return ids_; }

 private:
  using alternative = std::variant<token_value, typed_identifier, reference_value, text_value, date_value,
                                   quantity_value, uri_value>;
  enum class mode {
    plain,
    negated,
    absent,
    present,
    label,
    of_identifier,
    everything,
    id,
    updated,
    composite,
    chain,
    has
  };
  struct component {
    selection where;
    param_kind kind;
  };
  struct composite {
    selection base;
    std::vector<component> parts;
  };
  struct link {
    type_id type;
    std::shared_ptr<const criterion> rest;
  };

  criterion() = default;
  static reading read(type_id, std::string_view name, std::string_view value, const search_world&,
                      std::size_t depth);
  static reading read_has(type_id, std::string_view name, std::string_view value, const search_world&,
                          std::size_t depth);
  static reading read_id(std::string_view value);
  static reading read_chain(criterion, std::string_view type, std::string_view rest, std::string_view value,
                            const search_world&, std::size_t depth);
  std::optional<unreadable> set_modifier(std::string_view modifier, std::string_view value);
  bool read_alternatives(std::string_view value, const search_world&);
  bool read_composite(std::string_view value, const search_world&);
  std::optional<alternative> read_alternative(param_kind, std::string_view, const search_world&) const;

  std::vector<std::string> named_patients() const;
  static bool value_matches(const alternative&, const json::value& leaf, const search_world&);
  bool leaf_matches(const json::value& leaf, const search_world&) const;
  bool composite_matches(const json::value& content, const search_world&) const;
  bool chain_matches(const resource&, const search_world&) const;
  bool has_matches(const resource&, const search_world&) const;
  bool is_ruled_out_by_text(const resource&) const;

  std::string name_;
  const search_param* param_ = nullptr;
  mode mode_ = mode::plain;
  text_match text_ = text_match::starts;
  uri_match uri_ = uri_match::exact;
  bool typed_identifier_ = false;
  std::string type_modifier_;
  std::vector<selection> where_;  ///< one, but of a composite none
  std::vector<alternative> alternatives_;
  std::vector<std::string> ids_, patients_;
  std::vector<composite> composites_;
  std::vector<std::vector<alternative>> tuples_;
  std::vector<link> links_;
};

}  // namespace epicenter::mock::fhir
