// One query of _typeFilter: "Observation?category=laboratory&date=ge2022".
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "mock-epic/fhir/criterion.hpp"
#include "mock-epic/fhir/resource.hpp"

namespace epicenter::mock::bulk {

class type_filter {
 public:
  /// Nothing where the text is no search that this server could carry out on the type. Parameters that shape
  /// the result (_sort, _count, _include) are none (Bulk Data Access IG 2.0, _typeFilter).
  static std::optional<type_filter> read(std::string_view text);

  fhir::type_id type() const { return type_; }
  bool matches(const fhir::resource&) const;

 private:
  explicit type_filter(fhir::type_id type) : type_(type) {}
  bool add(const std::string& name, const std::string& value);

  fhir::type_id type_;
  std::vector<std::vector<std::string>> ids_;  ///< alternatives of each _id
  std::vector<fhir::criterion> criteria_;
};

/// The queries of a list. A comma ends one only where another type follows: values have commas too.
std::vector<std::string_view> split_filters(std::string_view text);

}  // namespace epicenter::mock::bulk
