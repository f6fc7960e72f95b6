#include <algorithm>
#include <charconv>
#include <map>

#include "mock-epic/bulk/type_filter.hpp"
#include "mock-epic/data/civil.hpp"
#include "mock-epic/fhir/operations/handlers.hpp"
#include "mock-epic/fhir/operations/searchset.hpp"
#include "mock-epic/fhir/walk.hpp"

namespace epicenter::mock::fhir {
namespace {

answer refuse_lastn(std::string_view issue_code, std::string_view epic_code, std::string text) {
  return refuse_operation(400, issue_code, epic_code, std::move(text), "lastn");
}

std::int64_t time_of(const resource& r) {
  for (const std::string_view path : {"effectiveDateTime", "effectiveInstant", "effectivePeriod.start"})
    if (const auto range = data::parse_date(first_string(r.value(), path))) return range->begin;
  return std::numeric_limits<std::int64_t>::min();
}

/// Observations of the same code belong together; without one, those of the same text do.
std::string kind_of(const resource& r) {
  const json::value& value = r.value();
  const std::string_view code = value.string_at("code.coding.0.code");
  if (code.empty()) return "|" + std::string(value.string_at("code.text"));
  return std::string(value.string_at("code.coding.0.system")) + "|" + std::string(code);
}

struct question {
  std::string patient;
  std::size_t max = 1;
  bulk::type_filter filter;
};

or_refusal<question> read_question(const call& c, operation_world& world) {
  const auto input = read_input(c);
  if (!input) return tl::unexpected(input.error());
  std::string patient;
  std::size_t max = 1;
  http::parameters criteria;
  for (const auto& [name, value] : input->texts) {
    if (name == "max") {
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), max);
      if (error != std::errc{} || end != value.data() + value.size() || max == 0)
        return tl::unexpected(refuse_lastn("value", "59100", "max is a positive integer."));
      continue;
    }
    if (name == "patient" || name == "subject") patient = std::string(id_of_reference(value));
    criteria.emplace_back(name, value);
  }
  if (patient.empty()) return tl::unexpected(refuse_lastn("required", "59108", "A patient is required."));
  auto filter = bulk::type_filter::read("Observation?" + http::encode_form(criteria),
                                        bulk::filter_world(world.store, c, world.orders));
  if (!filter)
    return tl::unexpected(refuse_lastn("not-supported", "59100", "A parameter is no search of Observation."));
  return question{std::move(patient), max, std::move(*filter)};
}

}  // namespace

answer run_lastn(const call& c, operation_world& world) {
  const auto asked = read_question(c, world);
  if (!asked) return asked.error();
  const auto patient = patient_of(c, world.store, asked->patient);
  if (!patient) return patient.error();
  std::map<std::string, hits> by_kind;
  for (const resource_ptr& one : world.store.of_patient(type_id::observation, asked->patient))
    if (one->searchable() && asked->filter.matches(*one) && may_show(c, *one))
      by_kind[kind_of(*one)].push_back(one);
  searchset made;
  for (auto& [kind, found] : by_kind) {
    std::stable_sort(found.begin(), found.end(),
                     [](const resource_ptr& a, const resource_ptr& b) { return time_of(*a) > time_of(*b); });
    for (std::size_t i = 0; i < std::min(found.size(), asked->max); ++i)
      made.entries.push_back({found[i], "match", {}});
  }
  made.total = made.entries.size();
  return answer_fhir(200, write_searchset(c, made, world.orders), "");
}

}  // namespace epicenter::mock::fhir
