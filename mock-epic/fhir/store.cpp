#include "mock-epic/fhir/store.hpp"

#include <epicenter/json/write.hpp>

#include "mock-epic/fhir/walk.hpp"

namespace epicenter::mock::fhir {
namespace {

std::size_t number(type_id type) {
  return static_cast<std::size_t>(type);
}

}  // namespace

store::store(data::hospital hospital)
    : hospital_(std::move(hospital)), unwritten_(hospital_.size()), patients_(hospital_.size()) {
  for (std::size_t i = 0; i < hospital_.size(); ++i) {
    compartment& made = compartments_[hospital_.key(i).patient];
    made.chart = i;
    made.written = false;
  }
}

const resource& store::add(resource made) {
  resources_.push_back(std::move(made));
  const resource& kept = resources_.back();
  by_id_[number(kept.type)].emplace(kept.id, &kept);
  walk(kept.value, "identifier.value", [&](const json::value& leaf) {
    if (const std::string* value = leaf.if_string())
      by_identifier_[number(kept.type)][*value].push_back(&kept);
    return false;
  });
  return kept;
}

const resource& store::file(type_id type, std::string id, std::string patient, json::object content,
                            bool searchable) {
  resource made{type, std::move(id), std::move(patient), {}, std::move(content), searchable};
  made.text = json::write(made.value);
  const resource& kept = add(std::move(made));
  if (type == type_id::patient) patients_.push_back(&kept);
  compartment& chart = compartments_[kept.patient];
  write_chart(chart);
  chart.resources[number(type)].push_back(&kept);
  return kept;
}

void store::write_chart(compartment& chart) {
  if (chart.written) return;
  chart.written = true;
  --unwritten_;
  const std::string& patient = hospital_.key(chart.chart).patient;
  for (data::generated& page : hospital_.chart(chart.chart)) {
    resource made{page.type, std::move(page.id), patient, {}, std::move(page.resource), true};
    made.text = json::write(made.value);
    const resource& kept = add(std::move(made));
    chart.resources[number(kept.type)].push_back(&kept);
    if (kept.type == type_id::patient) patients_[chart.chart] = &kept;
  }
}

void store::write_all() {
  if (unwritten_ == 0) return;
  for (std::size_t i = 0; i < hospital_.size(); ++i)
    write_chart(compartments_.find(hospital_.key(i).patient)->second);
}

const resource* store::find(type_id type, std::string_view id) {
  if (type == type_id::patient) {
    const auto chart = compartments_.find(id);
    if (chart == compartments_.end()) return nullptr;
    write_chart(chart->second);
  }
  auto& ids = by_id_[number(type)];
  auto at = ids.find(id);
  if (at == ids.end() && unwritten_ > 0) {
    write_all();
    at = ids.find(id);
  }
  return at == ids.end() ? nullptr : at->second;
}

const hits& store::of_patient(type_id type, std::string_view patient) {
  const auto chart = compartments_.find(patient);
  if (chart == compartments_.end()) return none_;
  write_chart(chart->second);
  return chart->second.resources[number(type)];
}

const hits& store::all_patients() {
  write_all();
  return patients_;
}

hits store::by_identifier(type_id type, std::string_view value) {
  write_all();
  const auto& ids = by_identifier_[number(type)];
  const auto at = ids.find(value);
  return at == ids.end() ? hits{} : at->second;
}

}  // namespace epicenter::mock::fhir
