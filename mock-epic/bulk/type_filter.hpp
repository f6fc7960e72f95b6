// One query of _typeFilter: "Observation?category=laboratory&date=ge2022".
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "mock-epic/fhir/call.hpp"
#include "mock-epic/fhir/criterion.hpp"

namespace epicenter::mock::bulk {

class type_filter {
 public:
  /// Nothing where the text is no search that this server could carry out on the type. Parameters that shape
  /// the result (_sort, _count, _include) are none (Bulk Data Access IG 2.0, _typeFilter), and those that
  /// look at other resources are none either: they would find something else later than at the snapshot.
  static std::optional<type_filter> read(std::string_view text, std::shared_ptr<const fhir::search_world>);

  fhir::type_id type() const { return type_; }
  bool matches(const fhir::resource&) const;

 private:
  type_filter(fhir::type_id type, std::shared_ptr<const fhir::search_world> world)
      : type_(type), world_(std::move(world)) {}
  bool add(const std::string& name, const std::string& value);

  fhir::type_id type_;
  std::shared_ptr<const fhir::search_world> world_;
  std::vector<fhir::criterion> criteria_;
};

/// What the filters of one request look at: the server that it reached.
std::shared_ptr<const fhir::search_world> filter_world(fhir::store&, const fhir::call&, bool orders);

/// The queries of a list. A comma ends one only where another type follows: values have commas too.
std::vector<std::string_view> split_filters(std::string_view text);

}  // namespace epicenter::mock::bulk
