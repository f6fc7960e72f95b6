// Encounters and appointments.
#include <fmt/format.h>

#include <algorithm>

#include "mock-epic/data/chart_writer.hpp"
#include "mock-epic/data/civil.hpp"
#include "mock-epic/data/systems.hpp"

namespace epicenter::mock::data {
namespace {

using fhir::type_id;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr std::string_view act_code = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

struct kind_row {
  std::string_view class_system, class_code, class_display;
  std::string_view type_code, type_display;  ///< in visit_type_system
  std::string_view service_code, service_display;
  bool hospital;
};

const kind_row& row_of(visit_kind kind) {
  static constexpr kind_row office{encounter_class_system, "13", "Support OP Encounter", "101",
                                   "Office Visit",         "78", "Family Medicine",      false};
  static constexpr kind_row orders{encounter_class_system, "13", "Support OP Encounter", "111",
                                   "Orders Only",          "78", "Family Medicine",      false};
  static constexpr kind_row emergency{
      act_code, "EMER", "emergency", "3", "Hospital Encounter", "51", "Emergency Medicine", true};
  static constexpr kind_row inpatient{
      act_code, "IMP", "inpatient encounter", "3", "Hospital Encounter", "129", "General Internal Medicine",
      true};
  switch (kind) {
    case visit_kind::orders_only:
      return orders;
    case visit_kind::emergency:
      return emergency;
    case visit_kind::inpatient:
      return inpatient;
    case visit_kind::office:
      break;
  }
  return office;
}

}  // namespace

void chart_writer::plan_visits() {
  const std::uint64_t drawn = random_.below(25);
  visit_kind now = visit_kind::office;
  if (age_ >= 18 && drawn < 3) now = visit_kind::inpatient;
  if (drawn == 3) now = visit_kind::emergency;
  const wall_time began = today_ - minutes(random_.between(std::int64_t{70}, std::int64_t{20 * 60}));
  visits_.push_back(plan_visit(now, began, true));
  const std::int64_t most = 3 + static_cast<std::int64_t>(random_.below(3));
  std::int64_t ago = 0;
  for (std::int64_t i = 0; i < most; ++i) {
    ago += random_.between(std::int64_t{14}, std::int64_t{260});
    const wall_time day = std::chrono::floor<days>(today_) - days(ago);
    if (day <= born_ + days(1)) break;
    visit_kind kind = visit_kind::office;
    if (i == 1 && age_ >= 40 && random_.below(3) == 0) kind = visit_kind::inpatient;
    if (i == 2 && random_.below(3) == 0) kind = visit_kind::orders_only;
    const wall_time start = day + hours(14) + minutes(5 * random_.between(std::int64_t{0}, std::int64_t{90}));
    visits_.push_back(plan_visit(kind, start, false));
  }
}

visit chart_writer::plan_visit(visit_kind kind, wall_time start, bool open) {
  visit made;
  made.kind = kind;
  const std::uint32_t ordinal = open ? encounter_ordinal : next_ordinal_++;
  made.id = source_.people->ids->encode({who_.index, ordinal});
  made.csn = number(first_csn);
  made.start = start;
  made.end = start + minutes(random_.between(std::int64_t{15}, std::int64_t{50}));
  if (kind == visit_kind::inpatient)
    made.end = start + hours(random_.between(std::int64_t{40}, std::int64_t{130}));
  made.open = open;
  made.doctor = &shared_.doctors()[random_.below(shared_.doctors().size())];
  const std::vector<entry>& clinics = shared_.clinics();
  made.place = age_ < 16 ? &clinics[3] : &clinics[random_.below(3)];
  if (kind == visit_kind::inpatient) made.place = &shared_.ward();
  if (kind == visit_kind::emergency) made.place = &shared_.emergency();
  std::vector<const complaint*> fitting;
  for (const complaint& one : complaints())
    if (age_ >= one.least_age && age_ <= one.most_age) fitting.push_back(&one);
  if (kind != visit_kind::orders_only && random_.below(5) < 3)
    made.why = fitting[random_.below(fitting.size())];
  made.reference = fmt::format(
      R"({{"reference":"Encounter/{}","identifier":{{"use":"usual","system":"{}","value":"{}"}},"display":"{}"}})",
      made.id, csn_system, made.csn, row_of(kind).type_display);
  return made;
}

void chart_writer::write_visits() {
  for (const visit& one : visits_) write_visit(one);
}

void chart_writer::write_visit(const visit& one) {
  const kind_row& row = row_of(one.kind);
  start(type_id::encounter, one.id);
  out().add(R"(,"identifier":[{"use":"usual","system":")", csn_system, R"(","value":")", one.csn,
            R"("}],"status":")", one.open ? "in-progress" : "finished", R"(","class":{"system":")",
            row.class_system, R"(","code":")", row.class_code, R"(","display":")", row.class_display,
            R"("},"type":[)");
  if (one.kind == visit_kind::inpatient) {
    add_concept(patient_class_system, "101", "Inpatient", "Inpatient");
    out().add(',');
  }
  add_concept(visit_type_system, row.type_code, row.type_display, row.type_display);
  out().add(R"(],"serviceType":)");
  add_concept("urn:oid:1.2.840.114350.1.13.0.1.7.10.698084.18886", row.service_code, row.service_display,
              row.service_display);
  out().add(R"(,"subject":)", subject_, R"(,"participant":[{"type":[)");
  const bool attends = row.hospital;
  add_concept("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", attends ? "ATND" : "PART",
              attends ? "attender" : "Participation", attends ? "attender" : "Participation");
  out().add(R"(],"period":{"start":")", format_instant(one.start), R"("},"individual":{)",
            one.doctor->reference, R"(}}],"period":{"start":")", format_instant(one.start), '"');
  if (!one.open) out().add(R"(,"end":")", format_instant(one.end), '"');
  out().add('}');
  if (one.why) {
    out().add(R"(,"reasonCode":[)");
    add_concept(snomed, one.why->snomed, one.why->display, one.why->text);
    out().add(']');
  }
  if (row.hospital) {
    out().add(R"(,"hospitalization":{"admitSource":)");
    add_concept("http://terminology.hl7.org/CodeSystem/admit-source", "emd",
                "From accident/emergency department", "Emergency Room");
    if (!one.open) {
      out().add(R"(,"dischargeDisposition":)");
      add_concept("http://terminology.hl7.org/CodeSystem/discharge-disposition", "home", "Home",
                  "Home or Self Care");
    }
    out().add('}');
  }
  out().add(R"(,"location":[{"location":{)", one.place->reference, R"(}}],"serviceProvider":{)",
            shared_.hospital().reference, '}');
  finish();
}

void chart_writer::write_appointments() {
  const visit& last = visits_.front();
  const auto write = [&](wall_time when, bool booked, const visit& of) {
    start(type_id::appointment);
    out().add(R"(,"identifier":[{"use":"usual","system":")", csn_system, R"(","value":")",
              booked ? number(first_csn) : of.csn, R"("}],"status":")", booked ? "booked" : "fulfilled",
              R"(","serviceCategory":[)");
    add_concept("http://open.epic.com/FHIR/StructureDefinition/appointment-service-category", "appointment",
                "Appointment", "appointment");
    out().add(R"(],"serviceType":[)");
    add_concept("urn:oid:1.2.840.114350.1.13.0.1.7.2.808267", "40111223", "Office Visit", "Office Visit");
    out().add(R"(],"start":")", format_instant(when), R"(","end":")", format_instant(when + minutes(30)),
              R"(","minutesDuration":30,"created":")", format_date(std::min(when, today_) - days(9)),
              R"(","patientInstruction":"Please arrive 15 minutes before the appointment.","participant":[)",
              R"({"actor":)", subject_, R"(,"required":"required","status":"accepted","period":{"start":")",
              format_instant(when), R"(","end":")", format_instant(when + minutes(30)), R"("}},{"actor":{)",
              of.doctor->reference, R"(},"required":"required","status":"accepted"},{"actor":{)",
              of.place->reference, R"(},"required":"required","status":"accepted"}])");
    finish();
  };
  const wall_time next = std::chrono::floor<days>(today_) +
                         days(random_.between(std::int64_t{10}, std::int64_t{120})) +
                         hours(random_.between(std::int64_t{14}, std::int64_t{21}));
  write(next, true, last);
  for (const visit& one : visits_)
    if (!one.open && one.kind == visit_kind::office && one.start - days(9) > born_) {
      write(one.start, false, one);
      break;
    }
}

}  // namespace epicenter::mock::data
