#include <epicenter/commands/draft.hpp>
#include <epicenter/epic/digest.hpp>
#include <epicenter/epic/fhir_time.hpp>
#include <epicenter/fhir/reference.hpp>

namespace epicenter::commands {
namespace {

constexpr std::string_view ucum = "http://unitsofmeasure.org";
constexpr std::string_view hl7 = "http://terminology.hl7.org/CodeSystem/";

json::value list_of(json::value one) {
  json::array list;
  list.push_back(std::move(one));
  return json::value(std::move(list));
}

json::value coding_of(const coding& c) {
  json::object made{{"system", c.system}, {"code", c.code}};
  if (!c.display.empty()) made.set("display", c.display);
  return json::value(std::move(made));
}

json::value concept_of(std::initializer_list<coding> codings) {
  json::array list;
  for (const auto& one : codings) {
    if (!one.empty()) list.push_back(coding_of(one));
  }
  json::object made{{"coding", std::move(list)}};
  const std::string_view display = codings.begin()->display;
  if (!display.empty()) made.set("text", display);
  return json::value(std::move(made));
}

json::value concept_of(const entry& e) {
  return concept_of({e.code, e.also});
}

json::value status_of(std::string_view code_system, std::string_view code) {
  const std::string system = std::string(hl7) + std::string(code_system);
  return json::value(json::object{{"coding", list_of(json::object{{"system", system}, {"code", code}})}});
}

json::value reference_to(std::string_view type, const std::string& id) {
  return fhir::make_reference(fhir::reference{std::string(type), id, {}});
}

json::value quantity(const std::string& digits, std::string_view unit, std::string_view code) {
  return json::value(
      json::object{{"value", json::number{digits}}, {"unit", unit}, {"system", ucum}, {"code", code}});
}

/// What every resource says of where and when.
struct surroundings {
  const session_context& where;
  const draft_rules& rules;
  std::string now;
};

json::value order_of(const entry& what, const coding& category, priority how_soon, const entry* indication,
                     const surroundings& s) {
  json::object made{{"resourceType", "ServiceRequest"},
                    {"status", s.rules.order_status},
                    {"intent", "order"},
                    {"priority", name_of(how_soon)},
                    {"category", list_of(concept_of({category}))},
                    {"code", concept_of(what)},
                    {"subject", reference_to("Patient", s.where.patient.id)},
                    {"encounter", reference_to("Encounter", s.where.encounter)},
                    {"authoredOn", s.now},
                    {"requester", reference_to("Practitioner", s.where.user)}};
  if (indication != nullptr) made.set("reasonCode", list_of(concept_of(*indication)));
  return json::value(std::move(made));
}

json::value build(const lab_order& o, const surroundings& s) {
  return order_of(*o.test, {snomed, "108252007", "Laboratory procedure"}, o.priority, o.indication, s);
}

json::value build(const imaging_order& o, const surroundings& s) {
  return order_of(*o.study, {snomed, "363679005", "Imaging"}, o.priority, o.indication, s);
}

json::value build(const medication_order& o, const surroundings& s) {
  json::object repeat{{"frequency", int{o.frequency->times}},
                      {"period", int{o.frequency->period}},
                      {"periodUnit", o.frequency->period_unit}};
  json::object dosage{{"text", sig_of(o)}, {"timing", json::object{{"repeat", std::move(repeat)}}}};
  if (o.as_needed) dosage.set("asNeededBoolean", true);
  dosage.set("route", concept_of({coding{snomed, "26643006", "Oral route"}}));
  const std::string strength(o.drug->strength);
  dosage.set("doseAndRate",
             list_of(json::object{{"doseQuantity", quantity(strength, o.drug->unit, o.drug->unit)}}));
  json::object made{{"resourceType", "MedicationRequest"},
                    {"status", s.rules.order_status},
                    {"intent", "order"},
                    {"medicationCodeableConcept", concept_of(*o.drug)},
                    {"subject", reference_to("Patient", s.where.patient.id)},
                    {"encounter", reference_to("Encounter", s.where.encounter)},
                    {"authoredOn", s.now},
                    {"requester", reference_to("Practitioner", s.where.user)},
                    {"dosageInstruction", list_of(std::move(dosage))}};
  if (o.days) {
    made.set("dispenseRequest",
             json::object{{"expectedSupplyDuration", quantity(std::to_string(*o.days), "days", "d")}});
  }
  return json::value(std::move(made));
}

json::value build(const allergy& a, const surroundings& s) {
  json::object made{{"resourceType", "AllergyIntolerance"},
                    {"clinicalStatus", status_of("allergyintolerance-clinical", "active")},
                    {"verificationStatus", status_of("allergyintolerance-verification", "unconfirmed")},
                    {"category", list_of(a.substance->category)},
                    {"code", concept_of(*a.substance)},
                    {"patient", reference_to("Patient", s.where.patient.id)},
                    {"encounter", reference_to("Encounter", s.where.encounter)},
                    {"recordedDate", s.now},
                    {"recorder", reference_to("Practitioner", s.where.user)}};
  if (a.reaction == nullptr) return json::value(std::move(made));
  json::object reaction{{"manifestation", list_of(concept_of(*a.reaction))}};
  if (a.severity) reaction.set("severity", name_of(*a.severity));
  made.set("reaction", list_of(std::move(reaction)));
  return json::value(std::move(made));
}

json::value build(const problem& p, const surroundings& s) {
  return json::value(json::object{{"resourceType", "Condition"},
                                  {"clinicalStatus", status_of("condition-clinical", "active")},
                                  {"verificationStatus", status_of("condition-ver-status", "provisional")},
                                  {"category", list_of(status_of("condition-category", "problem-list-item"))},
                                  {"code", concept_of(*p.condition)},
                                  {"subject", reference_to("Patient", s.where.patient.id)},
                                  {"encounter", reference_to("Encounter", s.where.encounter)},
                                  {"recordedDate", s.now},
                                  {"recorder", reference_to("Practitioner", s.where.user)}});
}

json::value pressure_part(const coding& which, unsigned value) {
  return json::value(json::object{{"code", concept_of({which})},
                                  {"valueQuantity", quantity(std::to_string(value), "mmHg", "mm[Hg]")}});
}

json::value build(const vital_sign& v, const surroundings& s) {
  json::object made{{"resourceType", "Observation"},
                    {"status", "final"},
                    {"category", list_of(status_of("observation-category", "vital-signs"))},
                    {"code", concept_of(*v.what)},
                    {"subject", reference_to("Patient", s.where.patient.id)},
                    {"encounter", reference_to("Encounter", s.where.encounter)},
                    {"effectiveDateTime", s.now},
                    {"performer", list_of(reference_to("Practitioner", s.where.user))}};
  if (const auto* both = std::get_if<pressure>(&v.value)) {
    json::array parts;
    parts.push_back(pressure_part({loinc, "8480-6", "Systolic blood pressure"}, both->systolic));
    parts.push_back(pressure_part({loinc, "8462-4", "Diastolic blood pressure"}, both->diastolic));
    made.set("component", std::move(parts));
    return json::value(std::move(made));
  }
  const auto& one = std::get<measure>(v.value);
  made.set("valueQuantity", quantity(one.value, rule_of(*v.what)->label, one.unit));
  if (!one.said.empty()) made.set("note", list_of(json::object{{"text", "Converted from " + one.said}}));
  return json::value(std::move(made));
}

json::value build(const note& n, const surroundings& s) {
  json::object attachment{{"contentType", "text/plain"}, {"data", epic::base64(s.where.note_text)}};
  json::object category{
      {"coding", list_of(json::object{
                     {"system", "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category"},
                     {"code", "clinical-note"}})}};
  return json::value(json::object{
      {"resourceType", "DocumentReference"},
      {"status", "current"},
      {"docStatus", "preliminary"},
      {"type", concept_of(*n.type)},
      {"category", list_of(std::move(category))},
      {"subject", reference_to("Patient", s.where.patient.id)},
      {"date", s.now},
      {"author", list_of(reference_to("Practitioner", s.where.user))},
      {"content", list_of(json::object{{"attachment", std::move(attachment)}})},
      {"context", json::object{{"encounter", list_of(reference_to("Encounter", s.where.encounter))}}}});
}

}  // namespace

json::value resource_of(const write_intent& what, const session_context& where, const draft_rules& rules,
                        wall_time now) {
  const surroundings s{where, rules, epic::format_fhir_time(now)};
  return std::visit([&](const auto& one) { return build(one, s); }, what);
}

}  // namespace epicenter::commands
