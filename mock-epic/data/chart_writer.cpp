#include "mock-epic/data/chart_writer.hpp"

#include <fmt/format.h>

#include <numeric>

#include "mock-epic/data/build.hpp"
#include "mock-epic/data/civil.hpp"

namespace epicenter::mock::data {
namespace {

using fhir::type_id;

constexpr std::string_view terminology = "http://terminology.hl7.org/CodeSystem/";

json::value status_concept(std::string_view system, std::string_view code, std::string_view display) {
  return concept_of(coded{fmt::format("{}{}", terminology, system), code, display}, display);
}

template <class T>
const T& any_of(std::span<const T> table, runtime::random_stream& random) {
  return table[random.below(table.size())];
}

/// 41 with one decimal is 4.1: a lab prints as many digits as it measures.
json::number decimal(std::int64_t scaled, int decimals) {
  if (decimals == 0) return json::number{fmt::format("{}", scaled)};
  std::int64_t unit = 1;
  for (int i = 0; i < decimals; ++i) unit *= 10;
  return json::number{fmt::format("{}.{:0{}}", scaled / unit, scaled % unit, decimals)};
}

json::value quantity(std::int64_t scaled, const lab_test& test) {
  return json::object{
      {"value", decimal(scaled, test.decimals)}, {"unit", test.unit}, {"system", ucum}, {"code", test.unit}};
}

json::value single(json::value v) {
  json::array list;
  list.push_back(std::move(v));
  return list;
}

}  // namespace

chart_writer::chart_writer(patient_key key, const id_codec& ids, std::size_t index, wall_time today,
                           runtime::random_stream& random)
    : key_(std::move(key)), ids_(ids), index_(index), today_(today), random_(random) {
  female_ = random_.below(2) == 0;
  family_ = any_of(family_names(), random_);
  given_ = any_of(given_names(female_), random_);
  display_ = family_ + ", " + given_;
}

std::vector<generated> chart_writer::write() {
  write_patient();
  write_encounter();
  write_allergies();
  write_problems();
  write_medications();
  write_labs();
  return std::move(chart_);
}

json::object chart_writer::start(type_id type) {
  json::object resource;
  resource.set("resourceType", fhir::name_of(type));
  std::string id;
  if (type == type_id::patient) {
    id = key_.patient;
  } else if (type == type_id::encounter) {
    id = key_.encounter;
  } else {
    id = ids_.encode({static_cast<std::uint32_t>(index_), next_ordinal_++});
  }
  resource.set("id", std::move(id));
  return resource;
}

void chart_writer::finish(type_id type, json::object resource) {
  std::string id = *resource.find("id")->if_string();
  chart_.push_back(generated{type, std::move(id), key_.patient, std::move(resource)});
}

json::value chart_writer::subject() const {
  return reference("Patient", key_.patient, display_);
}

json::value chart_writer::encounter() const {
  return reference("Encounter", key_.encounter, "Office Visit");
}

wall_time chart_writer::days_ago(std::int64_t least, std::int64_t most) {
  return today_ - std::chrono::days(random_.between(least, most));
}

std::vector<std::size_t> chart_writer::pick(std::size_t count, std::size_t all) {
  std::vector<std::size_t> positions(all);
  std::iota(positions.begin(), positions.end(), std::size_t{0});
  for (std::size_t i = 0; i < count && i < all; ++i)
    std::swap(positions[i], positions[i + random_.below(all - i)]);
  positions.resize(std::min(count, all));
  return positions;
}

void chart_writer::write_patient() {
  json::object patient = start(type_id::patient);
  patient.set("identifier", single(identifier(mrn_system, fmt::format("E{}", first_mrn + index_))));
  patient.set("active", true);
  json::object name{{"use", "official"}, {"text", given_ + " " + family_}, {"family", family_}};
  name.set("given", single(given_));
  patient.set("name", single(std::move(name)));
  patient.set("telecom", single(json::object{{"system", "phone"},
                                             {"value", fmt::format("608-555-{:04}", random_.below(10'000))},
                                             {"use", "home"}}));
  patient.set("gender", female_ ? "female" : "male");
  patient.set("birthDate", format_date(days_ago(18 * 365, 92 * 365)));
  json::object address{{"use", "home"}};
  address.set("line", single(fmt::format("{} Example Street", 1 + random_.below(980))));
  address.set("city", any_of(cities(), random_));
  address.set("state", "WI");
  address.set("country", "US");
  patient.set("address", single(std::move(address)));
  finish(type_id::patient, std::move(patient));
}

void chart_writer::write_encounter() {
  json::object visit = start(type_id::encounter);
  visit.set("identifier", single(identifier(csn_system, fmt::format("{}", first_csn + index_))));
  visit.set("status", "in-progress");
  visit.set("class", coding({"http://terminology.hl7.org/CodeSystem/v3-ActCode", "AMB", "ambulatory"}));
  visit.set("type",
            single(concept_of(coded{"urn:oid:1.2.840.114350.1.13.0.1.7.10.698084.30", "101", "Office Visit"},
                              "Office Visit")));
  visit.set("subject", subject());
  visit.set("period",
            json::object{{"start", format_instant(today_ - std::chrono::hours(random_.between(1, 20)))}});
  finish(type_id::encounter, std::move(visit));
}

void chart_writer::write_allergies() {
  // Every tenth patient was asked and has none: that is an entry too, and not the same as no entry.
  if (random_.below(10) == 0) {
    write_allergy(coded{snomed, "716186003", "No known allergy"}, nullptr);
    return;
  }
  for (const std::size_t i : pick(1 + random_.below(2), allergens().size()))
    write_allergy(allergens()[i], &any_of(reactions(), random_));
}

void chart_writer::write_allergy(const coded& substance, const coded* reaction) {
  json::object allergy = start(type_id::allergy_intolerance);
  allergy.set("clinicalStatus", status_concept("allergyintolerance-clinical", "active", "Active"));
  allergy.set("verificationStatus",
              status_concept("allergyintolerance-verification", "confirmed", "Confirmed"));
  allergy.set("code", concept_of(substance, substance.display));
  allergy.set("patient", subject());
  allergy.set("recordedDate", format_instant(days_ago(30, 3000)));
  if (reaction) {
    json::object event;
    event.set("manifestation", single(concept_of(*reaction, reaction->display)));
    allergy.set("reaction", single(std::move(event)));
  }
  finish(type_id::allergy_intolerance, std::move(allergy));
}

void chart_writer::write_problems() {
  for (const std::size_t i : pick(1 + random_.below(3), problems().size())) {
    const problem& known = problems()[i];
    json::object condition = start(type_id::condition);
    condition.set("clinicalStatus", status_concept("condition-clinical", "active", "Active"));
    condition.set("verificationStatus", status_concept("condition-ver-status", "confirmed", "Confirmed"));
    condition.set("category",
                  single(status_concept("condition-category", "problem-list-item", "Problem List Item")));
    json::array codings;
    codings.push_back(coding({snomed, known.snomed, known.display}));
    codings.push_back(coding({icd10, known.icd10, known.display}));
    condition.set("code", concept_of(std::move(codings), known.display));
    condition.set("subject", subject());
    const wall_time onset = days_ago(60, 4000);
    condition.set("onsetDateTime", format_date(onset));
    condition.set("recordedDate", format_date(onset));
    finish(type_id::condition, std::move(condition));
  }
}

void chart_writer::write_medications() {
  for (const std::size_t i : pick(1 + random_.below(3), medications().size())) {
    const medication& drug = medications()[i];
    json::object order = start(type_id::medication_request);
    order.set("identifier",
              single(identifier(order_system,
                                fmt::format("{}", first_order + index_ * orders_a_chart + next_order_++))));
    order.set("status", "active");
    order.set("intent", "order");
    order.set("category", single(status_concept("medicationrequest-category", "outpatient", "Outpatient")));
    order.set("medicationCodeableConcept",
              concept_of(coded{rxnorm, drug.rxnorm, drug.display}, drug.display));
    order.set("subject", subject());
    order.set("encounter", encounter());
    order.set("authoredOn", format_date(days_ago(1, 400)));
    order.set("dosageInstruction", single(json::object{{"text", drug.sig}}));
    finish(type_id::medication_request, std::move(order));
  }
}

void chart_writer::write_labs() {
  const std::vector<std::size_t> tests = pick(4 + random_.below(3), lab_tests().size());
  const int draws = random_.below(4) == 0 ? 3 : 2;
  wall_time taken = today_ - std::chrono::minutes(random_.between(90, 1'400));
  for (int draw = 0; draw < draws; ++draw) {
    for (const std::size_t i : tests) write_lab(lab_tests()[i], taken);
    taken -= std::chrono::hours(random_.between(20, 60 * 24));
  }
}

void chart_writer::write_lab(const lab_test& test, wall_time taken) {
  json::object result = start(type_id::observation);
  result.set("status", "final");
  result.set("category", single(status_concept("observation-category", "laboratory", "Laboratory")));
  result.set("code", concept_of(coded{loinc, test.loinc, test.display}, test.text));
  result.set("subject", subject());
  result.set("encounter", encounter());
  result.set("effectiveDateTime", format_instant(taken));
  result.set("issued", format_instant(taken + std::chrono::minutes(random_.between(25, 80))));
  const std::int64_t measured = random_.between(std::int64_t{test.least}, std::int64_t{test.most});
  result.set("valueQuantity", quantity(measured, test));
  if (measured < test.low || measured > test.high) {
    const bool low = measured < test.low;
    result.set("interpretation",
               single(status_concept("v3-ObservationInterpretation", low ? "L" : "H", low ? "Low" : "High")));
  }
  result.set("referenceRange",
             single(json::object{{"low", quantity(test.low, test)}, {"high", quantity(test.high, test)}}));
  finish(type_id::observation, std::move(result));
}

}  // namespace epicenter::mock::data
