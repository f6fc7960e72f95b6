// The directory's resources.
#include <fmt/format.h>

#include "mock-epic/data/codes.hpp"
#include "mock-epic/data/directory.hpp"
#include "mock-epic/data/systems.hpp"
#include "mock-epic/data/text_writer.hpp"

namespace epicenter::mock::data {
namespace {

using fhir::type_id;

constexpr std::size_t listed_most = 200;  // members that one Group resource lists

struct specialty {
  std::string_view code;  ///< NUCC provider taxonomy
  std::string_view display;
};
constexpr specialty specialties[] = {
    {"207Q00000X", "Family Medicine Physician"},   {"207RC0000X", "Cardiovascular Disease Physician"},
    {"208M00000X", "Hospitalist Physician"},       {"208600000X", "Surgery Physician"},
    {"207R00000X", "Internal Medicine Physician"}, {"208000000X", "Pediatrics Physician"}};

/// A National Provider Identifier with its check digit (Luhn over 80840 and the number).
std::string npi(std::uint64_t number) {
  const std::string digits = fmt::format("80840{:09}", 120'000'000 + number);
  int sum = 0;
  bool twice = true;
  for (std::size_t i = digits.size(); i-- > 0; twice = !twice) {
    int digit = digits[i] - '0';
    if (twice) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return digits.substr(5) + static_cast<char>('0' + (10 - sum % 10) % 10);
}

generated finish(type_id type, const entry& one, const text_writer& out) {
  generated made;
  made.type = type;
  made.id = one.id;
  made.text = out.text();
  return made;
}

text_writer start(type_id type, const entry& one) {
  text_writer out(1'024);
  out.add(R"({"resourceType":")", fhir::name_of(type), R"(","id":")", one.id, '"');
  return out;
}

/// "Amara Bennett, MD": family, given, suffix.
void add_name(text_writer& out, std::string_view display) {
  const std::size_t comma = display.find(", ");
  const std::string_view whole = display.substr(0, comma);
  const std::size_t space = whole.find(' ');
  out.add(R"(,"name":[{"use":"usual","text":")", display, R"(","family":")", whole.substr(space + 1),
          R"(","given":[")", whole.substr(0, space), R"("])");
  if (comma != std::string_view::npos) out.add(R"(,"suffix":[")", display.substr(comma + 2), R"("])");
  out.add("}]");
}

constexpr std::string_view address =
    R"({"use":"work","line":["1979 Milky Way"],"city":"VERONA","district":"DANE","state":"WI",)"
    R"("postalCode":"53593","country":"US"})";

}  // namespace

std::vector<generated> directory::write() const {
  std::vector<generated> made;
  write_organizations(made);
  write_places(made);
  write_people(made);
  write_drugs(made);
  write_services(made);
  write_groups(made);
  return made;
}

void directory::write_organizations(std::vector<generated>& to) const {
  for (std::size_t i = 0; i < organizations_.size(); ++i) {
    const entry& one = organizations_[i];
    const bool payer = i >= 3;
    text_writer out = start(type_id::organization, one);
    out.add(R"(,"identifier":[{"use":"usual","system":")", npi_system, R"(","value":")", npi(i),
            R"("}],"active":true,"type":[{"coding":[{"system":)",
            R"("http://terminology.hl7.org/CodeSystem/organization-type","code":")", payer ? "ins" : "prov",
            R"(","display":")", payer ? "Insurance Company" : "Healthcare Provider", R"("}],"text":")",
            payer ? "Insurance Company" : "Healthcare Provider", R"("}],"name":")", one.display,
            R"(","telecom":[{"system":"phone","value":"+1 608-555-0)", 110 + i, R"(","use":"work"}],)",
            R"("address":[)", address, ']');
    if (i == 1 || i == 2) out.add(R"(,"partOf":{)", organizations_.front().reference, '}');
    to.push_back(finish(type_id::organization, one, out.add('}')));
  }
}

void directory::write_places(std::vector<generated>& to) const {
  const auto write_one = [&](const entry& one, std::string_view code, std::string_view display) {
    text_writer out = start(type_id::location, one);
    out.add(R"(,"status":"active","name":")", one.display, R"(","mode":"instance","type":[{"coding":[{)",
            R"("system":"http://terminology.hl7.org/CodeSystem/v3-RoleCode","code":")", code,
            R"(","display":")", display, R"("}],"text":")", display,
            R"("}],"telecom":[{"system":"phone","value":"+1 608-555-0170","use":"work"}],"address":)",
            address, R"(,"managingOrganization":{)", organizations_.front().reference, "}}");
    to.push_back(finish(type_id::location, one, out));
  };
  for (const entry& one : clinics_) write_one(one, "OF", "Outpatient facility");
  write_one(places_[0], "HU", "Hospital unit");
  write_one(places_[1], "ER", "Emergency room");
  write_one(places_[2], "SU", "Surgery clinic");
  write_one(places_[3], "OF", "Outpatient facility");
  write_one(places_[4], "RADDX", "Radiology diagnostics or therapeutics unit");
}

void directory::write_people(std::vector<generated>& to) const {
  std::uint64_t number = 100;
  const auto write_one = [&](const entry& one) {
    text_writer out = start(type_id::practitioner, one);
    out.add(R"(,"identifier":[{"use":"usual","type":{"text":"NPI"},"system":")", npi_system, R"(","value":")",
            npi(number++), R"("}],"active":true)");
    add_name(out, one.display);
    out.add(R"(,"telecom":[{"system":"phone","value":"+1 608-555-0)", 100 + number % 100,
            R"(","use":"work"}],"gender":"unknown"})");
    to.push_back(finish(type_id::practitioner, one, out));
  };
  for (const entry& one : doctors_) write_one(one);
  for (const entry& one : staff_) write_one(one);
  for (const entry& one : users_) write_one(one);
  write_one(interconnect_);
  for (std::size_t i = 0; i < doctors_.size(); ++i) {
    const specialty& field = specialties[i % std::size(specialties)];
    text_writer out = start(type_id::practitioner_role, roles_[i]);
    out.add(
        R"(,"active":true,"practitioner":{)", doctors_[i].reference, R"(},"organization":{)",
        organizations_.front().reference, R"(},"code":[{"coding":[{"system":)",
        R"("http://terminology.hl7.org/CodeSystem/practitioner-role","code":"doctor","display":"Doctor"}],)",
        R"("text":"Doctor"}],"specialty":[{"coding":[{"system":"http://nucc.org/provider-taxonomy",)",
        R"("code":")", field.code, R"(","display":")", field.display, R"("}],"text":")", field.display,
        R"("}],"location":[{)", clinics_[i % clinics_.size()].reference, R"(}],"healthcareService":[{)",
        services_[i % services_.size()].reference,
        R"(}],"telecom":[{"system":"phone","value":"+1 608-555-0160","use":"work"}],"endpoint":[{)",
        endpoint_.reference, "}]}");
    to.push_back(finish(type_id::practitioner_role, roles_[i], out));
  }
}

void directory::write_drugs(std::vector<generated>& to) const {
  for (std::size_t i = 0; i < drugs_.size(); ++i) {
    const medication& drug = medications()[i];
    text_writer out = start(type_id::medication, drugs_[i]);
    out.add(R"(,"identifier":[{"use":"usual","system":"urn:oid:1.2.840.114350.1.13.0.1.7.2.698288",)",
            R"("value":")", 9'000 + i, R"("}],"code":{"coding":[{"system":")", rxnorm, R"(","code":")",
            drug.rxnorm, R"(","display":")", drug.display, R"("}],"text":")", drug.text,
            R"("},"status":"active","form":{"text":")", drug.form, R"("}})");
    to.push_back(finish(type_id::medication, drugs_[i], out));
  }
}

void directory::write_services(std::vector<generated>& to) const {
  for (std::size_t i = 0; i < services_.size(); ++i) {
    text_writer out = start(type_id::healthcare_service, services_[i]);
    out.add(R"(,"active":true,"providedBy":{)", organizations_.front().reference, R"(},"location":[{)",
            clinics_[i].reference, R"(}],"name":")", services_[i].display, R"("})");
    to.push_back(finish(type_id::healthcare_service, services_[i], out));
  }
  text_writer point = start(type_id::endpoint, endpoint_);
  point.add(
      R"(,"status":"active","connectionType":{"system":)",
      R"("http://terminology.hl7.org/CodeSystem/endpoint-connection-type","code":"hl7-fhir-rest",)",
      R"("display":"HL7 FHIR"},"name":")", endpoint_.display, R"(","managingOrganization":{)",
      organizations_.front().reference, R"(},"payloadType":[{"coding":[{"system":)",
      R"("http://terminology.hl7.org/CodeSystem/endpoint-payload-type","code":"any","display":"Any"}],)",
      R"("text":"Any"}],"address":"https://epic.example/interconnect-fhir-oauth/api/FHIR/R4"})");
  to.push_back(finish(type_id::endpoint, endpoint_, point));

  text_writer form = start(type_id::questionnaire, questionnaire_);
  form.add(
      R"(,"url":"https://epic.example/Questionnaire/phq-2","name":"PHQ2","title":"PHQ-2",)",
      R"("status":"active","subjectType":["Patient"],"code":[{"system":")", loinc,
      R"(","code":"55757-9","display":"Patient Health Questionnaire 2 item (PHQ-2) [Reported]"}],"item":[)");
  bool first = true;
  for (const coded& asked : {coded{loinc, "44250-9", "Little interest or pleasure in doing things"},
                             coded{loinc, "44255-8", "Feeling down, depressed, or hopeless"},
                             coded{loinc, "55758-7", "Total score"}}) {
    if (!first) form.add(',');
    first = false;
    form.add(R"({"linkId":"/)", asked.code, R"(","code":[{"system":")", asked.system, R"(","code":")",
             asked.code, R"("}],"text":")", asked.display, R"(","type":"integer"})");
  }
  to.push_back(finish(type_id::questionnaire, questionnaire_, form.add("]}")));
}

void directory::write_groups(std::vector<generated>& to) const {
  for (const cohort& one : cohorts_) {
    const std::size_t count = size_of(one);
    text_writer out = start(type_id::group, one.who);
    out.add(R"(,"identifier":[{"use":"usual","system":"urn:oid:1.2.840.114350.1.13.0.1.7.2.806567",)",
            R"("value":")", 800 + (&one - cohorts_.data()),
            R"("}],"active":true,"type":"person","actual":true,"name":")", one.who.display,
            R"(","quantity":)", count);
    // Hundreds of thousands of members are counted, not listed: the export asks for them by position.
    if (count > 0 && count <= listed_most) {
      out.add(R"(,"member":[)");
      for (std::size_t i = one.first; i < patients_; i += one.step) {
        if (i != one.first) out.add(',');
        const person member = draw_person(source_, static_cast<std::uint32_t>(i));
        out.add(R"({"entity":{"reference":"Patient/)", member.id, R"(","display":")", member.display(),
                R"("},"inactive":false})");
      }
      out.add(']');
    }
    to.push_back(finish(type_id::group, one.who, out.add('}')));
  }
}

}  // namespace epicenter::mock::data
