// The parameters of $export (hl7.org/fhir/uv/bulkdata 2.0, export.html #query-parameters).
#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <vector>

#include "mock-epic/bulk/elements.hpp"
#include "mock-epic/bulk/type_filter.hpp"
#include "mock-epic/fhir/operations/input.hpp"
#include "mock-epic/fhir/types.hpp"

namespace epicenter::mock::bulk {

using type_set = std::bitset<fhir::type_count>;

/// More than a client means; each patient costs the walk of a chart.
inline constexpr std::size_t max_patients = 100'000;
inline constexpr std::size_t max_filters = 200;

struct export_request {
  std::optional<type_set> types;  ///< nothing: all there are
  std::optional<wall_time> since, until;
  std::vector<type_filter> filters;
  element_list elements;
  std::vector<std::string> patients;  ///< FHIR ids; empty: all
  std::vector<std::string> ignored;   ///< OperationOutcomes on what `Prefer: handling=lenient` let pass

  /// True where the resource is of the time, and where its type is filtered, matches one of the filters.
  bool selects(const fhir::resource&) const;
};

/// 400 with an OperationOutcome where a parameter is unknown or wrong; under `handling=lenient` unsupported
/// ones are ignored and told. `takes_patients`: not at system level.
fhir::or_refusal<export_request> read_export_request(const fhir::call&, fhir::store&, bool orders,
                                                     bool takes_patients);

}  // namespace epicenter::mock::bulk
