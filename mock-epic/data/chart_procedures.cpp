// Procedures, immunizations and implanted devices.
#include <algorithm>

#include "mock-epic/data/chart_writer.hpp"
#include "mock-epic/data/civil.hpp"
#include "mock-epic/data/systems.hpp"

namespace epicenter::mock::data {
namespace {

using fhir::type_id;
using std::chrono::days;
using std::chrono::minutes;

}  // namespace

void chart_writer::write_procedures() {
  std::vector<const operation*> fitting;
  for (const operation& one : operations()) {
    const bool sex_fits = one.of == sex::any || (one.of == sex::female) == who_.female;
    if (sex_fits && age_ >= one.least_age && age_ <= one.most_age) fitting.push_back(&one);
  }
  const std::vector<std::size_t> which =
      pick(age_ < 18 ? random_.below(2) : 1 + random_.below(3), fitting.size());
  bool hip = false;
  for (std::size_t i = 0; i < which.size(); ++i) {
    const operation& one = *fitting[which[i]];
    write_procedure(one, visits_[std::min(i, visits_.size() - 1)]);
    hip = hip || one.cpt == "27130";
  }
  if (hip) write_device({snomed, "304120007", "Total hip replacement prosthesis"});
  if (has(effect::clotting) && random_.below(2) == 0) write_device({snomed, "14106009", "Cardiac pacemaker"});
}

void chart_writer::write_procedure(const operation& what, const visit& at) {
  const std::string order = number(first_order);
  start(type_id::procedure);
  out().add(R"(,"identifier":[{"use":"usual","type":{"text":"ORD"},"system":")", order_system,
            R"(","value":")", order, R"("}],"status":"completed","category":)");
  if (what.surgical)
    add_concept(snomed, "387713003", "Surgical procedure", "Surgical Procedures");
  else
    add_concept(snomed, "103693007", "Diagnostic procedure", "Ordered Procedures");
  out().add(R"(,"code":{"coding":[{"system":")", cpt, R"(","code":")", what.cpt, R"("},{"system":")", snomed,
            R"(","code":")", what.snomed, R"("}],"text":")", what.text, R"("},"subject":)", subject_,
            R"(,"encounter":)", at.reference, R"(,"performedPeriod":{"start":")",
            format_instant(at.start + minutes(12)), R"(","end":")", format_instant(at.start + minutes(52)),
            R"("},"recorder":{)", at.doctor->reference, R"(},"asserter":{)", at.doctor->reference,
            R"(},"performer":[{"actor":{)", at.doctor->reference, R"(}}],"location":{)",
            what.surgical ? shared_.operating_room().reference : at.place->reference, R"(},"reasonCode":[)");
  if (at.why)
    add_concept(snomed, at.why->snomed, at.why->display, at.why->text);
  else
    out().add(R"({"text":"As planned"})");
  out().add(']');
  finish();
}

void chart_writer::write_immunizations() {
  struct dose {
    const vaccine* what;
    wall_time when;
  };
  std::vector<dose> given;
  // A vaccine that others gave before the chart began is not in it: doses of the last eleven years.
  const wall_time first = std::max(born_, today_ - days(11 * 365));
  for (const vaccine& one : vaccines()) {
    for (int i = 0; i < one.doses; ++i) {
      const wall_time due =
          born_ + days(one.first_days + i * one.every_days + static_cast<int>(random_.below(20)));
      if (due >= today_ - days(1)) break;
      if (due >= first) given.push_back({&one, due});
    }
  }
  std::stable_sort(given.begin(), given.end(), [](const dose& a, const dose& b) { return a.when > b.when; });
  if (given.size() > 8) given.resize(8);
  for (const dose& one : given) {
    start(type_id::immunization);
    out().add(R"(,"identifier":[{"use":"usual","system":")", immunization_system, R"(","value":")",
              number(first_dose), R"("}],"status":"completed","vaccineCode":{"coding":[{"system":")", cvx,
              R"(","code":")", one.what->cvx, R"("}],"text":")", one.what->text, R"("},"patient":)", subject_,
              R"(,"occurrenceDateTime":")", format_date(one.when), R"(","recorded":")", format_date(one.when),
              R"(","primarySource":true,"location":{)", shared_.clinics().front().reference,
              R"(},"manufacturer":{"display":")", one.what->maker, R"("},"lotNumber":"L)",
              1'000 + random_.below(9'000), R"(","expirationDate":")", format_date(one.when + days(300)),
              R"(","site":{"text":")", one.what->site, R"("},"route":)");
    add_concept("urn:oid:1.2.840.114350.1.13.0.1.7.10.768076.4030", "2", "Intramuscular", "Intramuscular");
    out().add(R"(,"doseQuantity":{"value":0.5,"unit":"mL","system":")", ucum,
              R"(","code":"mL"},"performer":[{"function":)");
    add_concept("http://terminology.hl7.org/CodeSystem/v2-0443", "AP", "Administering Provider",
                "Administering Provider");
    out().add(R"(,"actor":{)", shared_.nurse().reference, "}}]");
    finish();
  }
}

void chart_writer::write_device(const coded& what) {
  const visit& at = visits_.back();
  const std::string serial = number(first_device);
  start(type_id::device);
  out().add(
      R"(,"udiCarrier":[{"deviceIdentifier":"00844588003288","issuer":"http://hl7.org/fhir/NamingSystem/gs1",)",
      R"("carrierHRF":"(01)00844588003288(21))", serial, R"("}],"status":"active","manufacturer":)",
      R"("Acme Devices, Inc","manufactureDate":")", format_date(since_birth(at.start - days(200))),
      R"(","expirationDate":")", format_date(at.start + days(1'000)), R"(","lotNumber":"L)",
      serial.substr(serial.size() - 4), R"(","serialNumber":")", serial, R"(","type":)");
  add_concept(what.system, what.code, what.display, what.display);
  out().add(R"(,"patient":)", subject_);
  finish();
}

}  // namespace epicenter::mock::data
