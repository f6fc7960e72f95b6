// Finds the values that a search parameter reads: paths with alternatives and conditions, as much of FHIRPath
// as R4's definitions need.
#pragma once

#include <algorithm>
#include <epicenter/json/value.hpp>
#include <string_view>
#include <vector>

#include "mock-epic/fhir/resource.hpp"
#include "mock-epic/fhir/walk.hpp"

namespace epicenter::mock::fhir {

/// A compiled path. "a.b|c": values at a.b and at c. "telecom[system=phone]": only elements with that member.
/// "subject>Patient": only references to that type. "?deceasedDateTime": whether it is there. Arrays are
/// walked through. The empty path is the resource.
class selection {
 public:
  /// `text` must live as long as the selection: it comes from a table.
  explicit selection(std::string_view text);

  /// Calls visit(leaf) until it returns true; true where a visit did.
  template <class Visit>
  bool any(const json::value& from, const Visit& visit) const {
    return std::any_of(alternatives_.begin(), alternatives_.end(),
                       [&](const alternative& one) { return descend(from, one, 0, visit); });
  }
  /// The same of a resource. Where its tree is not at hand, only the members that the path begins with are
  /// parsed.
  template <class Visit>
  bool any_in(const resource& r, const Visit& visit) const {
    if (r.is_parsed() || r.deleted() || begins_anywhere_) return any(r.value(), visit);
    const json::value part = part_of(r.text());
    return any(part, visit);
  }
  bool exists_in(const resource& r) const {
    return any_in(r, [](const json::value& leaf) { return !leaf.is_null(); });
  }
  bool exists(const json::value& from) const {
    return any(from, [](const json::value& leaf) { return !leaf.is_null(); });
  }

 private:
  struct step {
    std::string_view key, where_key, where_value;
  };
  struct alternative {
    std::vector<step> steps;
    std::string_view target;  ///< type that the reference must name; empty: any
    bool presence = false;
  };

  template <class Visit>
  static bool descend(const json::value& from, const alternative& way, std::size_t at, const Visit& visit) {
    if (const json::array* list = from.if_array())
      return std::any_of(list->begin(), list->end(),
                         [&](const json::value& one) { return descend(one, way, at, visit); });
    if (at > 0 && !holds(way.steps[at - 1], from)) return false;
    if (at == way.steps.size()) return way.presence ? visit(present()) : is_target(way, from) && visit(from);
    const json::value* member = from.find(way.steps[at].key);
    return member && descend(*member, way, at + 1, visit);
  }
  json::value part_of(std::string_view text) const;
  static bool holds(const step&, const json::value&);
  static bool is_target(const alternative&, const json::value& reference);
  static const json::value& present();

  std::vector<alternative> alternatives_;
  bool begins_anywhere_ = false;  ///< an alternative reads the whole resource
};

}  // namespace epicenter::mock::fhir
