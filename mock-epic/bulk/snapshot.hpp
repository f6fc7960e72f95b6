// What an export walks: the hospital as it was at one moment, chart by chart.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mock-epic/fhir/store.hpp"

namespace epicenter::mock::bulk {

enum class export_level { system, patients, group };

/// Charts as they were made never change, so that only what clients wrote is remembered: a pointer for each
/// resource that they had filed or changed. What they write afterwards is not seen, and what was there is
/// seen once, whatever becomes of it.
class snapshot {
 public:
  /// `patients`: FHIR ids of those whose charts are walked; nothing: every patient's.
  snapshot(const fhir::store&, export_level, const std::optional<std::vector<std::string>>& patients);

  /// How many steps a walk takes; each is a chart or about as much.
  std::size_t size() const;
  /// Calls take for what searches could find, always in the same order.
  void visit(fhir::store&, std::size_t step,
             const std::function<void(const fhir::resource_ptr&)>& take) const;
  /// The last versions of what was deleted.
  const fhir::hits& deleted() const { return deleted_; }
  std::size_t charts() const { return all_ ? charts_of_all_ : charts_.size(); }
  /// Bytes held, without the resources, which are the store's.
  std::size_t held() const;

 private:
  bool is_in_scope(const fhir::resource&, const std::vector<std::string>* patients) const;
  /// Null where it was deleted or had moved to another patient.
  fhir::resource_ptr as_it_was(const fhir::resource_ptr& made) const;

  export_level level_;
  bool all_;
  std::size_t charts_of_all_;
  std::vector<std::uint32_t> charts_;  ///< numbers, where not all are walked
  fhir::hits changed_;                 ///< of what was made; by type and id
  fhir::hits filed_;
  fhir::hits deleted_;
};

/// Types that belong to no patient and that charts refer to: exported with any patient's.
bool is_associated(fhir::type_id);

}  // namespace epicenter::mock::bulk
