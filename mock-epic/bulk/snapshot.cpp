#include "mock-epic/bulk/snapshot.hpp"

#include <algorithm>
#include <array>

namespace epicenter::mock::bulk {
namespace {

using fhir::resource_ptr;
using fhir::type_id;

constexpr std::size_t filed_a_step = 64;

bool comes_before(const resource_ptr& a, const resource_ptr& b) {
  return a->type() != b->type() ? a->type() < b->type() : a->id() < b->id();
}

}  // namespace

bool is_associated(type_id type) {
  static constexpr auto types = std::to_array<type_id>(
      {type_id::endpoint, type_id::healthcare_service, type_id::location, type_id::medication,
       type_id::organization, type_id::practitioner, type_id::practitioner_role});
  return std::find(types.begin(), types.end(), type) != types.end();
}

snapshot::snapshot(const fhir::store& from, export_level level,
                   const std::optional<std::vector<std::string>>& patients)
    : level_(level), all_(!patients), charts_of_all_(from.hospital().size()) {
  std::vector<std::string> sorted;
  if (patients) {
    sorted = *patients;
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    for (const std::string& one : sorted)
      if (const auto number = from.hospital().patient_index(one))
        charts_.push_back(static_cast<std::uint32_t>(*number));
    std::sort(charts_.begin(), charts_.end());
  }
  from.visit_written([&](const fhir::hits& versions) {
    const resource_ptr& now = versions.back();
    if (versions.front()->who().generated) changed_.push_back(now);
    if (!is_in_scope(*now, patients ? &sorted : nullptr)) return;
    if (now->deleted()) {
      deleted_.push_back(now);
    } else if (now->searchable() && !fhir::is_in_its_chart(versions)) {
      filed_.push_back(now);
    }
  });
  changed_.shrink_to_fit();
  filed_.shrink_to_fit();
}

bool snapshot::is_in_scope(const fhir::resource& r, const std::vector<std::string>* patients) const {
  if (level_ == export_level::system) return true;
  if (r.patient().empty()) return is_associated(r.type());
  return !patients || std::binary_search(patients->begin(), patients->end(), r.patient());
}

std::size_t snapshot::size() const {
  return 1 + charts() + (filed_.size() + filed_a_step - 1) / filed_a_step;
}

resource_ptr snapshot::as_it_was(const resource_ptr& made) const {
  const auto at = std::lower_bound(changed_.begin(), changed_.end(), made, comes_before);
  if (at == changed_.end() || (*at)->type() != made->type() || (*at)->id() != made->id()) return made;
  return (*at)->deleted() || (*at)->patient() != made->patient() ? nullptr : *at;
}

void snapshot::visit(fhir::store& from, std::size_t step,
                     const std::function<void(const resource_ptr&)>& take) const {
  if (step > charts()) {
    const std::size_t begin = (step - 1 - charts()) * filed_a_step;
    const std::size_t end = std::min(begin + filed_a_step, filed_.size());
    for (std::size_t i = begin; i < end; ++i) take(filed_[i]);
    return;
  }
  const std::size_t chart = step == 0 ? 0 : all_ ? step - 1 : charts_[step - 1];
  for (const resource_ptr& made : step == 0 ? from.made_shared() : from.made_chart(chart)) {
    if (step == 0 && level_ != export_level::system && !is_associated(made->type())) continue;
    const resource_ptr then = as_it_was(made);
    if (then && then->searchable()) take(then);
  }
}

std::size_t snapshot::held() const {
  return charts_.capacity() * sizeof(std::uint32_t) +
         (changed_.capacity() + filed_.capacity() + deleted_.capacity()) * sizeof(resource_ptr);
}

}  // namespace epicenter::mock::bulk
