// _elements of an export: which parts of each resource are written.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mock-epic/fhir/resource.hpp"

namespace epicenter::mock::bulk {

class element_list {
 public:
  /// "Patient.name" or, for every type, "name": top-level elements only. False where it is neither.
  bool add(std::string_view text);
  bool empty() const { return wanted_.empty(); }
  /// True where resources of the type are cut: elements named for other types alone leave it whole.
  bool cuts(fhir::type_id) const;

  /// The resource with what was asked for, its identity, and what R4 requires of it, tagged SUBSETTED (Bulk
  /// Data Access IG 2.0, _elements).
  std::string write(const fhir::resource&, bool orders) const;

 private:
  struct element {
    std::optional<fhir::type_id> of;  ///< nothing: of every type
    std::string name;
  };
  bool keeps(fhir::type_id, std::string_view member) const;
  std::vector<element> wanted_;
};

}  // namespace epicenter::mock::bulk
