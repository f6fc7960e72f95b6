#include <algorithm>

#include "mock-epic/bulk/type_filter.hpp"
#include "mock-epic/data/civil.hpp"
#include "mock-epic/fhir/operations/handlers.hpp"
#include "mock-epic/fhir/operations/searchset.hpp"
#include "mock-epic/fhir/walk.hpp"

namespace epicenter::mock::fhir {
namespace {

answer refuse_docref(std::string_view issue_code, std::string_view epic_code, std::string text) {
  return refuse_operation(400, issue_code, epic_code, std::move(text), "docref");
}

/// The time of the care that the document is about; of the document where that is not told.
data::date_range time_of(const resource& r) {
  const auto begin = data::parse_date(first_string(r.value(), "context.period.start"));
  const auto end = data::parse_date(first_string(r.value(), "context.period.end"));
  const auto date = data::parse_date(first_string(r.value(), "date"));
  if (begin) return {begin->begin, end ? end->end : begin->end};
  return date ? *date : data::date_range{};
}

}  // namespace

answer run_docref(const call& c, operation_world& world) {
  const auto input = read_input(c);
  if (!input) return input.error();
  if (auto refused = refuse_unknown(c, *input, {"patient", "start", "end", "type", "on-demand"}))
    return std::move(*refused);
  const auto who = text_of(*input, "patient");
  if (!who) return refuse_docref("required", "59108", "A patient is required.");
  if (text_of(*input, "on-demand") == "true")
    return refuse_docref("not-supported", "59100", "Documents are not made on demand here.");
  std::optional<data::date_range> start, end;
  for (const auto& [name, into] : {std::pair{"start", &start}, std::pair{"end", &end}}) {
    const auto text = text_of(*input, name);
    if (!text) continue;
    *into = data::parse_date(*text);
    if (!*into) return refuse_docref("value", "59100", std::string("Invalid value of parameter: ") + name);
  }
  const auto type = text_of(*input, "type");
  const auto filter = bulk::type_filter::read(
      type ? "DocumentReference?type=" + http::percent_encode(*type) : "DocumentReference",
      bulk::filter_world(world.store, c, world.orders));
  if (!filter) return refuse_docref("value", "59100", "Invalid value of parameter: type");
  const auto patient = patient_of(c, world.store, id_of_reference(*who));
  if (!patient) return patient.error();
  hits found;
  for (const resource_ptr& one : world.store.of_patient(type_id::document_reference, (*patient)->id())) {
    if (!one->searchable() || !filter->matches(*one) || !may_show(c, *one)) continue;
    const data::date_range time = time_of(*one);
    if ((!start || time.end > start->begin) && (!end || time.begin < end->end)) found.push_back(one);
  }
  std::stable_sort(found.begin(), found.end(), [](const resource_ptr& a, const resource_ptr& b) {
    return time_of(*a).begin > time_of(*b).begin;
  });
  // Without a time or a type the latest document alone is asked for.
  if (!start && !end && !type && found.size() > 1) found.resize(1);
  searchset made;
  made.total = found.size();
  for (const resource_ptr& one : found) made.entries.push_back({one, "match", {}});
  return answer_fhir(200, write_searchset(c, made, world.orders), "");
}

}  // namespace epicenter::mock::fhir
