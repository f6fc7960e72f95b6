// The Patient, those who belong to the patient, and who pays.

#include "mock-epic/data/chart_writer.hpp"
#include "mock-epic/data/civil.hpp"
#include "mock-epic/data/names.hpp"
#include "mock-epic/data/systems.hpp"

namespace epicenter::mock::data {
namespace {

using fhir::type_id;

constexpr std::string_view sex_system = "urn:oid:1.2.840.114350.1.13.0.1.7.10.698084.130.657370.19999000";
constexpr std::string_view cdc_race = "urn:oid:2.16.840.1.113883.6.238";
constexpr std::string_view us_core = "http://hl7.org/fhir/us/core/StructureDefinition/";
constexpr std::string_view epic_extension = "http://open.epic.com/FHIR/StructureDefinition/extension/";

void add_identifier(text_writer& out, std::string_view type, std::string_view system, std::string_view value,
                    bool first = false) {
  out.add(first ? "" : ",", R"({"use":"usual","type":{"text":")", type, R"("},"system":")", system,
          R"(","value":")", value, R"("})");
}

void add_identifiers(text_writer& out, const person& who) {
  out.add(R"(,"identifier":[)");
  add_identifier(out, "CEID", ceid_system, who.ceid, true);
  add_identifier(out, "EPIC", mrn_system, who.who.mrn);
  out.add(R"(,{"use":"usual","type":{"coding":[{"system":)",
          R"("http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBIdentifierType","code":"um"}],)",
          R"("text":"EXTERNAL"},"system":")", epic_patient_system, R"(","value":")", who.external, R"("})");
  add_identifier(out, "FHIR", "http://open.epic.com/FHIR/StructureDefinition/patient-dstu2-fhir-id",
                 who.dstu2_id);
  add_identifier(out, "FHIR STU3", "http://open.epic.com/FHIR/StructureDefinition/patient-fhir-id", who.id);
  out.add(R"(,{"use":"usual","type":{"text":"INTERNAL"},"system":")", epic_patient_system,
          R"(","value":"     )", who.external, R"("})");
  add_identifier(out, "EPI", epi_system, who.epi);
  add_identifier(out, "MYCHARTLOGIN", login_system, who.login);
  add_identifier(out, "WPRINTERNAL", wpr_system, who.wpr);
  out.add(']');
}

void add_extensions(text_writer& out, const person& who) {
  const std::string_view code = who.who.gender;
  const race& race = races()[who.race];
  out.add(R"(,"extension":[{"valueCodeableConcept":{"coding":[{"system":")", sex_system, R"(","code":")",
          code, R"(","display":")", code, R"("}],"text":")", who.female ? "Female" : "Male", R"("},"url":")",
          epic_extension, R"(legal-sex"},{"valueCodeableConcept":{"coding":[{"system":")", sex_system,
          R"(","code":")", code, R"(","display":")", code, R"("}]},"url":")", epic_extension,
          R"(sex-for-clinical-use"},{"extension":[{"valueCoding":{"system":")", cdc_race, R"(","code":")",
          race.code, R"(","display":")", race.display, R"("},"url":"ombCategory"},{"valueString":")",
          race.display, R"(","url":"text"}],"url":")", us_core, R"(us-core-race"},)");
  const bool hispanic = who.language == 1;
  out.add(R"({"extension":[{"valueCoding":{"system":")", cdc_race, R"(","code":")",
          hispanic ? "2135-2" : "2186-5", R"(","display":")",
          hispanic ? "Hispanic or Latino" : "Not Hispanic or Latino",
          R"("},"url":"ombCategory"},{"valueString":")",
          hispanic ? "Hispanic or Latino" : "Not Hispanic or Latino", R"(","url":"text"}],"url":")", us_core,
          R"(us-core-ethnicity"},{"valueCode":")", who.female ? "F" : "M", R"(","url":")", us_core,
          R"(us-core-birthsex"},{"valueCode":")", who.female ? "248152002" : "248153007", R"(","url":")",
          us_core,
          R"(us-core-sex"},{"valueCodeableConcept":{"coding":[{"system":"http://loinc.org","code":")",
          who.female ? "LA29519-8" : "LA29518-0", R"(","display":")",
          who.female ? "she/her/her/hers/herself" : "he/him/his/his/himself", R"("}]},"url":")",
          epic_extension, R"(calculated-pronouns-to-use-for-text"}])");
}

void add_name(text_writer& out, const demographics& who, std::string_view use) {
  out.add(R"({"use":")", use, R"(","text":")", who.given, who.middle.empty() ? "" : " ", who.middle, ' ',
          who.family, R"(","family":")", who.family, R"(","given":[")", who.given, '"');
  if (!who.middle.empty()) out.add(R"(,")", who.middle, '"');
  out.add("]}");
}

void add_proficiency(text_writer& out, std::string_view code, std::string_view display) {
  out.add(R"({"extension":[{"valueCoding":{"system":)",
          R"("http://terminology.hl7.org/CodeSystem/v3-LanguageAbilityMode","code":")", code,
          R"(","display":")", display,
          R"("},"url":"type"}],"url":"http://hl7.org/fhir/StructureDefinition/patient-proficiency"})");
}

void add_language(text_writer& out, const language& spoken, bool preferred) {
  out.add(R"({"extension":[)");
  if (preferred) {
    add_proficiency(out, "ESP", "Expressed spoken");
    out.add(',');
  }
  add_proficiency(out, "EWR", "Expressed written");
  out.add(R"(],"language":{"coding":[{"system":"urn:ietf:bcp:47","code":")", spoken.code, R"(","display":")",
          spoken.display, R"("}],"text":")", spoken.display, R"("})");
  if (preferred) {
    out.add(R"(,"preferred":true,"_preferred":{"extension":[)");
    for (const std::string_view kind : {"verbal", "written"})
      out.add(kind == "verbal" ? "" : ",",
              R"({"valueCoding":{"system":"http://hl7.org/fhir/language-preference-type","code":")", kind,
              R"(","display":")", kind,
              R"("},"url":"http://hl7.org/fhir/StructureDefinition/patient-preferenceType"})");
    out.add("]}");
  }
  out.add('}');
}

void add_address(text_writer& out, const person& who) {
  const demographics& at = who.who;
  out.add(R"({"use":"home","text":")", at.line, R"(\r\n)", at.city, ' ', at.state, ' ', at.postal_code,
          R"(\r\nUnited States of America","line":[")", at.line, R"("],"city":")", at.city, '"');
  if (!who.district.empty()) out.add(R"(,"district":")", who.district, '"');
  out.add(R"(,"state":")", at.state, R"(","postalCode":")", at.postal_code, R"(","country":"US"})");
}

}  // namespace

void chart_writer::write_patient() {
  start(type_id::patient, who_.id);
  add_extensions(out(), who_);
  add_identifiers(out(), who_);
  out().add(R"(,"active":true,"name":[)");
  add_name(out(), who_.who, "official");
  out().add(',');
  add_name(out(), who_.who, "usual");
  out().add(']');
  out().add(R"(,"telecom":[{"system":"phone","value":")", who_.who.home_phone,
            R"(","use":"home","rank":2},{"system":"phone","value":")", who_.who.mobile_phone,
            R"(","use":"mobile","rank":3},{"system":"email","value":")", who_.who.email, R"(","rank":1}])");
  out().add(R"(,"gender":")", who_.who.gender, R"(","birthDate":")", who_.who.birth_date,
            R"(","deceasedBoolean":false,"address":[)");
  add_address(out(), who_);
  out().add(R"(],"maritalStatus":{"text":")", who_.marital, R"("},"communication":[)");
  add_language(out(), languages().front(), true);
  if (who_.language != 0) {
    out().add(',');
    add_language(out(), languages()[who_.language], false);
  }
  out().add(R"(],"generalPractitioner":[{)", visits_.back().doctor->reference,
            R"(}],"managingOrganization":{)", shared_.hospital().reference, '}');
  finish();
}

void chart_writer::write_related_person() {
  struct relation {
    std::string_view code, display;
    bool woman;
  };
  static constexpr relation mother{"MTH", "mother", true};
  static constexpr relation father{"FTH", "father", false};
  static constexpr relation husband{"HUSB", "husband", false};
  static constexpr relation wife{"WIFE", "wife", true};
  static constexpr relation sister{"SIS", "sister", true};
  const bool first = random_.below(2) == 0;
  const relation& next_of_kin = age_ < 18                   ? (first ? mother : father)
                                : who_.marital == "Married" ? (who_.female ? husband : wife)
                                                            : sister;
  const bool woman = next_of_kin.woman;
  const std::span<const std::string_view> given = given_names(woman);
  start(type_id::related_person);
  out().add(R"(,"active":true,"patient":)", subject_, R"(,"relationship":[)");
  add_concept("http://terminology.hl7.org/CodeSystem/v3-RoleCode", next_of_kin.code, next_of_kin.display,
              next_of_kin.display);
  const std::string_view name = given[random_.below(given.size())];
  out().add(R"(],"name":[{"use":"usual","text":")", name, ' ', who_.who.family, R"(","family":")",
            who_.who.family, R"(","given":[")", name, R"("]}],"telecom":[{"system":"phone","value":")",
            who_.who.home_phone, R"(","use":"home"}],"gender":")", woman ? "female" : "male",
            R"(","address":[)");
  add_address(out(), who_);
  out().add(']');
  finish();
}

void chart_writer::write_coverage() {
  // Medicare from 65 on; others are spread over the payers before it.
  const std::size_t medicare = shared_.payers() - 2;
  const std::size_t number_of = age_ >= 65 ? medicare : random_.below(medicare);
  const entry& payer = shared_.payer(number_of);
  const std::string policy = number(first_policy);
  start(type_id::coverage);
  out().add(R"(,"identifier":[{"use":"usual","type":{"coding":[{"system":)",
            R"("http://terminology.hl7.org/CodeSystem/v2-0203","code":"MB","display":"Member Number"}],)",
            R"("text":"Member Number"},"system":"urn:oid:1.2.840.114350.1.13.0.1.7.2.678671","value":")",
            policy, R"("}],"status":"active","type":)");
  if (age_ >= 65)
    add_concept("urn:oid:2.16.840.1.113883.3.221.5", "1", "MEDICARE", "Medicare");
  else
    add_concept("urn:oid:2.16.840.1.113883.3.221.5", "5", "PRIVATE HEALTH INSURANCE", "Commercial");
  out().add(R"(,"subscriber":)", subject_, R"(,"subscriberId":")", policy, R"(","beneficiary":)", subject_,
            R"(,"relationship":)");
  add_concept("http://terminology.hl7.org/CodeSystem/subscriber-relationship", "self", "Self", "Self");
  out().add(R"(,"period":{"start":")", format_date(since_birth(today_ - std::chrono::days(700))),
            R"("},"payor":[{)", payer.reference, R"(}],"class":[{"type":)");
  add_concept("http://terminology.hl7.org/CodeSystem/coverage-class", "group", "Group", "Group");
  out().add(R"(,"value":"G)", 4'000 + number_of, R"(","name":")", payer.display, R"( Group"}],"order":1)");
  finish();
}

}  // namespace epicenter::mock::data
