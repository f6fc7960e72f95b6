#include "mock-epic/tests/chart_properties.hpp"

#include "mock-epic/data/chart_writer.hpp"
#include "mock-epic/data/civil.hpp"

namespace epicenter::mock::test {
namespace {

using fhir::type_id;

class Charts : public testing::TestWithParam<std::uint64_t> {
 protected:
  whole_hospital all{small_hospital(GetParam(), 40)};
};
INSTANTIATE_TEST_SUITE_P(Seeds, Charts, testing::Values(1, 20261125));

TEST_P(Charts, EveryReferenceLeadsToAResource) {
  std::size_t followed = 0;
  const auto check = [&](const whole_hospital::page& page) {
    for_each_string(page.tree, {}, [&](const std::string& path, const std::string& text) {
      const bool binary = path.ends_with("attachment.url");
      if (!path.ends_with(".reference") && !binary) return;
      EXPECT_TRUE(all.names.contains(text)) << all.hospital.options().seed << " " << page.made.text;
      ++followed;
    });
  };
  for (const auto& page : all.shared) check(page);
  for (const auto& chart : all.charts)
    for (const auto& page : chart) check(page);
  EXPECT_GT(followed, 20'000U);
}

TEST_P(Charts, EachIsAboutOnePatientAndWithinTheLifeOfThatPatient) {
  const std::string now = data::format_instant(today);
  for (std::size_t i = 0; i < all.charts.size(); ++i) {
    const std::string id = all.hospital.key(i).patient;
    const std::string born(all.charts[i].front().tree.string_at("birthDate"));
    ASSERT_EQ(all.charts[i].front().made.type, type_id::patient);
    for (const auto& page : all.charts[i]) {
      EXPECT_EQ(page.made.patient, id);
      EXPECT_EQ(all.hospital.owner_of(page.made.type, page.made.id), i);
      for_each_string(page.tree, {}, [&](const std::string& path, const std::string& text) {
        if (path.ends_with(".reference") && text.starts_with("Patient/")) {
          EXPECT_EQ(text, "Patient/" + id);
        }
        if (page.made.type == type_id::binary || !data::parse_date(text) || text.size() < 10) return;
        EXPECT_GE(text.substr(0, 10), born) << path << " " << page.made.text;
        // Plans reach into the future; what was captured of Derrick Lin keeps its days.
        const bool plans = page.made.type == type_id::appointment || path == "target.dueDate" ||
                           path == "expirationDate" || path.ends_with("boundsPeriod.end");
        if (!plans && i != 1) {
          EXPECT_LE(text, now) << path << " " << page.made.text;
        }
      });
      const std::string_view start = page.tree.string_at("period.start");
      const std::string_view end = page.tree.string_at("period.end");
      if (!end.empty()) {
        EXPECT_LE(start, end) << page.made.text;
      }
    }
  }
}

TEST_P(Charts, NewestComesFirst) {
  struct row {
    type_id type;
    std::string_view path;
  };
  for (const row& one : std::vector<row>{{type_id::encounter, "period.start"},
                                         {type_id::medication_request, "authoredOn"},
                                         {type_id::immunization, "occurrenceDateTime"},
                                         {type_id::allergy_intolerance, "recordedDate"},
                                         {type_id::diagnostic_report, "effectiveDateTime"},
                                         {type_id::document_reference, "date"}})
    for (std::size_t i = 9; i < all.charts.size(); ++i) {
      std::string last = "9999";
      for (const auto& page : all.charts[i]) {
        if (page.made.type != one.type) continue;
        const std::string day(page.tree.string_at(one.path).substr(0, 10));
        EXPECT_LE(day, last) << page.made.text;
        last = day;
      }
    }
}

TEST_P(Charts, HoldWhatUsCoreRequires) {
  // hl7.org/fhir/us/core, mandatory and must-support elements that a record of the kind always has.
  const std::map<type_id, std::vector<std::string_view>> required{
      {type_id::allergy_intolerance,
       {"clinicalStatus.coding.code", "verificationStatus.coding.code", "code.text", "patient.reference"}},
      {type_id::appointment, {"status", "participant.status"}},
      {type_id::binary, {"contentType", "data"}},
      {type_id::care_plan,
       {"text.status", "text.div", "status", "intent", "category.coding.code", "subject.reference"}},
      {type_id::care_team,
       {"status", "subject.reference", "participant.role.coding.code", "participant.member.reference"}},
      {type_id::condition,
       {"clinicalStatus.coding.code", "verificationStatus.coding.code", "category.coding.code",
        "code.coding.code", "subject.reference", "onsetDateTime", "recordedDate"}},
      {type_id::coverage,
       {"identifier.value", "status", "type.coding.code", "subscriberId", "beneficiary.reference",
        "relationship.coding.code", "payor.reference", "class.value"}},
      {type_id::device, {"udiCarrier.deviceIdentifier", "type.coding.code", "patient.reference"}},
      {type_id::diagnostic_report,
       {"status", "category.coding.code", "code.coding.code", "subject.reference", "effectiveDateTime",
        "issued", "performer.reference", "result.reference"}},
      {type_id::document_reference,
       {"identifier.value", "status", "type.text", "category.coding.code", "subject.reference"}},
      {type_id::encounter,
       {"identifier.value", "status", "class.code", "type.text", "subject.reference", "period.start",
        "location.location.reference", "serviceProvider.reference"}},
      {type_id::family_member_history, {"status", "patient.reference", "relationship.coding.code"}},
      {type_id::goal, {"lifecycleStatus", "description.text", "subject.reference", "target.dueDate"}},
      {type_id::immunization,
       {"status", "vaccineCode.coding.code", "patient.reference", "occurrenceDateTime", "primarySource"}},
      {type_id::medication, {"code.coding.code"}},
      {type_id::medication_dispense,
       {"status", "medicationReference.reference", "subject.reference", "performer.actor.reference",
        "authorizingPrescription.reference", "type.coding.code", "quantity.value", "whenHandedOver"}},
      {type_id::medication_request,
       {"status", "intent", "category.coding.code", "medicationReference.reference", "subject.reference",
        "encounter.reference", "authoredOn", "requester.reference", "dosageInstruction.text",
        "dosageInstruction.doseAndRate.doseQuantity.value", "dispenseRequest.quantity.value"}},
      {type_id::observation,
       {"status", "category.coding.code", "code.coding.code", "subject.reference", "effectiveDateTime",
        "performer.reference"}},
      {type_id::organization, {"active", "name", "identifier.value", "telecom.value", "address.line"}},
      {type_id::patient,
       {"identifier.system", "identifier.value", "name.family", "name.given", "telecom.value", "gender",
        "birthDate", "communication.language.coding.code", "extension.url"}},
      {type_id::practitioner, {"identifier.value", "name.family"}},
      {type_id::practitioner_role,
       {"practitioner.reference", "organization.reference", "code.coding.code", "specialty.coding.code",
        "location.reference", "telecom.value"}},
      {type_id::procedure, {"status", "code.coding.code", "subject.reference", "performedPeriod.start"}},
      {type_id::provenance,
       {"target.reference", "recorded", "agent.type.coding.code", "agent.who.reference"}},
      {type_id::questionnaire_response,
       {"questionnaire", "status", "subject.reference", "authored", "item.linkId"}},
      {type_id::related_person, {"active", "patient.reference", "relationship.coding.code", "name.family"}},
      {type_id::service_request,
       {"status", "intent", "category.coding.code", "code.coding.code", "subject.reference",
        "occurrenceDateTime", "authoredOn", "requester.reference"}},
      {type_id::specimen,
       {"identifier.value", "type.coding.code", "subject.reference", "collection.collectedDateTime"}},
  };
  std::map<type_id, std::size_t> seen;
  const auto check = [&](const whole_hospital::page& page) {
    const auto row = required.find(page.made.type);
    if (row == required.end()) return;
    ++seen[page.made.type];
    // Epic's own appointments, known from notes only.
    if (page.made.type == type_id::encounter && page.made.patient.empty()) return;
    for (const std::string_view path : row->second)
      EXPECT_TRUE(fhir::walk(page.tree, path, [](const json::value& leaf) { return !leaf.is_null(); }))
          << path << " " << page.made.text;
    if (page.made.type == type_id::observation) {
      EXPECT_TRUE(page.tree.find("valueQuantity") || page.tree.find("component") ||
                  page.tree.find("valueCodeableConcept"))
          << page.made.text;
    }
  };
  for (const auto& page : all.shared) check(page);
  for (const auto& chart : all.charts)
    for (const auto& page : chart) check(page);
  for (const auto& [type, paths] : required) EXPECT_GT(seen[type], 0U) << fhir::name_of(type);
}

TEST_P(Charts, IdentifiersLeadBackToTheirChart) {
  for (std::size_t i = 0; i < all.charts.size(); ++i)
    for (const auto& page : all.charts[i])
      fhir::walk(page.tree, "identifier.value", [&](const json::value& leaf) {
        const auto holders = all.hospital.holders_of(*leaf.if_string());
        EXPECT_NE(std::find(holders.begin(), holders.end(), i), holders.end()) << page.made.text;
        EXPECT_LE(holders.size(), 4U);
        return false;
      });
  EXPECT_TRUE(all.hospital.holders_of("nothing").empty());
  EXPECT_TRUE(all.hospital.holders_of("").empty());
}

TEST_P(Charts, DemographicsAreThoseOfThePatient) {
  for (std::size_t i = 0; i < all.charts.size(); ++i) {
    const data::demographics who = all.hospital.who(i);
    const json::value& patient = all.charts[i].front().tree;
    EXPECT_EQ(patient.string_at("name.0.family"), who.family);
    EXPECT_EQ(patient.string_at("name.0.given.0"), who.given);
    EXPECT_EQ(patient.string_at("name.0.given.1"), who.middle);
    EXPECT_EQ(patient.string_at("gender"), who.gender);
    EXPECT_EQ(patient.string_at("birthDate"), who.birth_date);
    EXPECT_EQ(patient.string_at("telecom.0.value"), who.home_phone);
    if (i != 7) {
      EXPECT_EQ(patient.string_at("address.0.postalCode"), who.postal_code);
    }  // Jason Argonaut has none
    const auto found = all.hospital.find_people([&](const data::demographics& one) {
      return one.family == who.family && one.birth_date == who.birth_date;
    });
    EXPECT_NE(std::find(found.begin(), found.end(), i), found.end());
  }
}

}  // namespace
}  // namespace epicenter::mock::test
