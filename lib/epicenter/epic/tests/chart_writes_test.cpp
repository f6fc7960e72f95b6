// What each write looks like on the wire.
#include <epicenter/epic/write_content.hpp>
#include <epicenter/json/write.hpp>

#include "lib/epicenter/epic/tests/world.hpp"

namespace epicenter::epic::test {
namespace {

const std::string identifier_system = "urn:epicenter:operation";
const coded penicillin{"http://www.nlm.nih.gov/research/umls/rxnorm", "70618", "Penicillin"};
const coded hives{"http://snomed.info/sct", "247472004", "Hives"};
const coded hypertension{"http://snomed.info/sct", "38341003", "Hypertension"};

write_request who() {
  return {"op-1", "eP", "eE", "Practitioner/eD", std::nullopt};
}

content_rules rules() {
  static const site_zone zone = site_zone::parse("CST6CDT,M3.2.0,M11.1.0").value();
  using namespace std::chrono;
  return {identifier_system, zone, wall_time(sys_days(2026y / October / 5d)) + 14h + 3min + 10s};
}

template <class Request>
std::string text_of(const Request& asked) {
  const auto made = content_of(asked, rules());
  return made ? json::write(made->resource) : made.error().message();
}

template <class Request>
void expect_refused(const Request& asked, std::string_view sentence) {
  const auto made = content_of(asked, rules());
  ASSERT_FALSE(made) << sentence;
  EXPECT_EQ(made.error(), make_error_code(errc::invalid_argument));
  EXPECT_THAT(made.error().message(), testing::HasSubstr(std::string(sentence)));
}

lab_order lab() {
  lab_order made;
  made.who = who();
  made.loinc = "58410-2";
  made.display = "CBC";
  return made;
}
allergy to_penicillin() {
  allergy made;
  made.who = who();
  made.substance = penicillin;
  return made;
}
problem high_pressure() {
  problem made;
  made.who = who();
  made.condition = hypertension;
  return made;
}
vital_sign weight() {
  vital_sign made;
  made.who = who();
  made.loinc = "29463-7";
  made.display = "Weight";
  made.measured = quantity{"72.50", "kg"};
  return made;
}
medication_order lisinopril() {
  medication_order made;
  made.who = who();
  made.rxnorm = "314076";
  made.display = "lisinopril 10 MG Oral Tablet";
  made.sig = "1 tablet by mouth daily";
  return made;
}

TEST(Content, OfOrdersNamesThePatientTheEncounterAndWhoOrders) {
  EXPECT_EQ(
      text_of(lab()),
      R"({"resourceType":"ServiceRequest","identifier":[{"system":"urn:epicenter:operation","value":"op-1"}],)"
      R"("status":"active","intent":"order","priority":"routine","category":[{"coding":[{)"
      R"("system":"http://snomed.info/sct","code":"108252007","display":"Laboratory procedure"}],)"
      R"("text":"Laboratory procedure"}],"code":{"coding":[{"system":"http://loinc.org","code":"58410-2",)"
      R"("display":"CBC"}],"text":"CBC"},"subject":{"reference":"Patient/eP"},)"
      R"("encounter":{"reference":"Encounter/eE"},"authoredOn":"2026-10-05T09:03:10-05:00",)"
      R"("requester":{"reference":"Practitioner/eD"}})");
  imaging_order image;
  image.who = who();
  image.loinc = "36643-5";
  image.display = "XR Chest 2 Views";
  image.priority = "stat";
  image.indication = "cough";
  EXPECT_THAT(text_of(image), testing::AllOf(testing::HasSubstr(R"("code":"363679005")"),
                                             testing::HasSubstr(R"("priority":"stat")"),
                                             testing::HasSubstr(R"("reasonCode":[{"text":"cough"}])")));
  auto drug = lisinopril();
  drug.days = 30;
  EXPECT_THAT(text_of(drug),
              testing::AllOf(
                  testing::HasSubstr(R"("medicationCodeableConcept":{"coding":[{"system":"http://www.nlm)"),
                  testing::HasSubstr(R"("dosageInstruction":[{"text":"1 tablet by mouth daily"}])"),
                  testing::HasSubstr(R"("expectedSupplyDuration":{"value":30,)"),
                  testing::HasSubstr(R"("requester":{"reference":"Practitioner/eD"})")));
}

TEST(Content, OfAllergiesAndProblemsIsWhatTheHoldingTankTakes) {
  auto reacts = to_penicillin();
  reacts.reaction = hives;
  reacts.severity = "moderate";
  EXPECT_THAT(text_of(reacts),
              testing::AllOf(testing::HasSubstr(R"("code":"unconfirmed")"),
                             testing::HasSubstr(R"("patient":{"reference":"Patient/eP"})"),
                             testing::HasSubstr(R"("recorder":{"reference":"Practitioner/eD"})"),
                             testing::HasSubstr(R"("reaction":[{"manifestation":[{"coding":[{)"),
                             testing::HasSubstr(R"("severity":"moderate")"),
                             testing::Not(testing::HasSubstr("recordedDate"))));
  EXPECT_THAT(text_of(high_pressure()), testing::AllOf(testing::HasSubstr(R"("code":"provisional")"),
                                                       testing::HasSubstr(R"("code":"problem-list-item")"),
                                                       testing::HasSubstr(R"("text":"Hypertension")"),
                                                       testing::Not(testing::HasSubstr("encounter"))));
}

TEST(Content, OfVitalSignsKeepsDigitsAndComponents) {
  EXPECT_THAT(
      text_of(weight()),
      testing::AllOf(testing::HasSubstr(R"("valueQuantity":{"value":72.50,"unit":"kg",)"),
                     testing::HasSubstr(R"("status":"final")"), testing::HasSubstr(R"("code":"vital-signs")"),
                     testing::HasSubstr(R"("encounter":{"reference":"Encounter/eE"})"),
                     testing::HasSubstr(R"("performer":[{"reference":"Practitioner/eD"}])"),
                     testing::HasSubstr(R"("effectiveDateTime":"2026-10-05T09:03:10-05:00")")));
  auto pressure = weight();
  pressure.loinc = "85354-9";
  pressure.measured = blood_pressure{120, 80};
  const auto text = text_of(pressure);
  EXPECT_THAT(text, testing::AllOf(testing::HasSubstr(R"("code":"8480-6")"),
                                   testing::HasSubstr(R"("value":120,"unit":"mm[Hg]")"),
                                   testing::HasSubstr(R"("code":"8462-4")"),
                                   testing::Not(testing::HasSubstr(R"(}],"valueQuantity)"))));
  auto earlier = weight();
  earlier.taken_at = rules().now - 1h;
  EXPECT_THAT(text_of(earlier), testing::HasSubstr("2026-10-05T08:03:10-05:00"));
}

TEST(Content, OfNotesIsADraftOfPlainText) {
  note made;
  made.who = who();
  made.text = "Feels better.";
  EXPECT_THAT(
      text_of(made),
      testing::AllOf(testing::HasSubstr(R"("docStatus":"preliminary")"),
                     testing::HasSubstr(R"("contentType":"text/plain","data":"RmVlbHMgYmV0dGVyLg==")"),
                     testing::HasSubstr(R"("context":{"encounter":[{"reference":"Encounter/eE"}]})"),
                     testing::HasSubstr(R"("author":[{"reference":"Practitioner/eD"}])")));
}

TEST(Content, IsRefusedBeyondEpicsLimits) {
  // Characters, not bytes: these have two bytes each.
  std::string limit;
  for (int i = 0; i < 254; ++i) limit += "é";
  auto reading = weight();
  reading.note = limit;
  EXPECT_TRUE(content_of(reading, rules()));
  reading.note += 'x';
  expect_refused(reading, "the reading's note is too long");
  auto list = high_pressure();
  list.note = std::string(450, 'x');
  EXPECT_TRUE(content_of(list, rules()));
  list.note += 'x';
  expect_refused(list, "the problem's note is too long");
}

TEST(Content, IsRefusedWhereItIsNotComplete) {
  const auto without = [](void (*spoil)(write_request&), std::string_view sentence) {
    auto order = lab();
    spoil(order.who);
    expect_refused(order, sentence);
    auto drug = lisinopril();
    spoil(drug.who);
    expect_refused(drug, sentence);
    auto reaction = to_penicillin();
    spoil(reaction.who);
    expect_refused(reaction, sentence);
    auto listed = high_pressure();
    spoil(listed.who);
    expect_refused(listed, sentence);
    auto reading = weight();
    spoil(reading.who);
    expect_refused(reading, sentence);
    note text;
    text.who = who();
    text.text = "x";
    spoil(text.who);
    expect_refused(text, sentence);
  };
  without([](write_request& w) { w.encounter.clear(); }, "the encounter");
  without([](write_request& w) { w.user.clear(); }, "the user");
  without([](write_request& w) { w.user = "Patient/eP"; }, "the user");
  without([](write_request& w) { w.patient = "a/b"; }, "the patient");
  without([](write_request& w) { w.operation = "a.b"; }, "the operation id");
}

TEST(Content, IsRefusedWhereItsValuesAreNone) {
  for (const auto* value : {"", "1e3", "1.", ".5", "007", "seventy", "1,5", "--1", "NaN"}) {
    auto reading = weight();
    reading.measured = quantity{value, "kg"};
    expect_refused(reading, "the value is no decimal");
  }
  auto pressure = weight();
  pressure.measured = blood_pressure{120, 80};
  expect_refused(pressure, "85354-9");
  pressure.loinc = "85354-9";
  pressure.measured = blood_pressure{80, 120};
  expect_refused(pressure, "no blood pressure");
  auto future = weight();
  future.taken_at = rules().now + 1h;
  expect_refused(future, "future");
  auto vague = to_penicillin();
  vague.substance.system = "urn:local";
  expect_refused(vague, "terminology");
  auto severe = to_penicillin();
  severe.severity = "severe";
  expect_refused(severe, "there is none");
  auto no_sig = lisinopril();
  no_sig.sig.clear();
  expect_refused(no_sig, "how to take it");
}

// Any element of what is asked for, changed, is another content; the moment of asking is not.
TEST(Content, IsTheSameForTheSameRequestAndForNoOther) {
  std::set<std::string> hashes;
  const auto add = [&hashes](const auto& asked) {
    const auto made = content_of(asked, rules());
    ASSERT_TRUE(made) << made.error().message();
    EXPECT_TRUE(hashes.insert(made->sha256).second) << json::write(made->resource);
    auto later = rules();
    later.now += 1h;
    EXPECT_EQ(content_of(asked, later)->sha256, made->sha256);
  };
  add(lab());
  for (int i = 0; i < 4; ++i) {
    auto one = lab();
    if (i == 0) one.priority = "stat";
    if (i == 1) one.indication = "cough";
    if (i == 2) one.who.encounter = "eOther";
    if (i == 3) one.who.user = "eOther";
    add(one);
  }
  add(weight());
  auto heavier = weight();
  heavier.measured = quantity{"72.5", "kg"};
  add(heavier);
  auto earlier = weight();
  earlier.taken_at = rules().now - 1h;
  add(earlier);
  add(to_penicillin());
  auto reacts = to_penicillin();
  reacts.reaction = hives;
  add(reacts);
  add(high_pressure());
  add(lisinopril());
  auto month = lisinopril();
  month.days = 30;
  add(month);
}

task<> all_writes(world& w) {
  std::vector<std::string> resources;
  const auto keep = [&resources](const result<write_outcome>& got) {
    EXPECT_TRUE(got) << (got ? "" : got.error().message());
    if (got) resources.push_back(got->resource + ' ' + std::string(name_of(got->state)));
  };
  auto drug = lisinopril();
  drug.who = w.writing("op-1");
  keep(co_await w.epic().order_medication(std::move(drug)));
  auto reaction = to_penicillin();
  reaction.who = w.writing("op-2");
  keep(co_await w.epic().add_allergy(std::move(reaction)));
  auto listed = high_pressure();
  listed.who = w.writing("op-3");
  keep(co_await w.epic().add_problem(std::move(listed)));
  auto reading = weight();
  reading.who = w.writing("op-4");
  keep(co_await w.epic().record_vitals(std::move(reading)));
  EXPECT_THAT(resources, testing::ElementsAre("MedicationRequest/f1 WRITTEN", "AllergyIntolerance/f2 WRITTEN",
                                              "Condition/f3 WRITTEN", "Observation/f4 WRITTEN"));
}

TEST(Writes, OfEveryKindAreFiledUnderTheirOperation) {
  world w;
  w.run(all_writes);
  ASSERT_EQ(w.epic_site.filings.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(w.epic_site.filings[i].identifier, "urn:epicenter:operation|op-" + std::to_string(i + 1));
    EXPECT_EQ(w.epic_site.filings[i].patient, patient_id);
    EXPECT_EQ(w.path_of("op-" + std::to_string(i + 1)), "PLANNED SENDING WRITTEN");
  }
}

}  // namespace
}  // namespace epicenter::epic::test
