#include <fstream>
#include <sstream>

#include "mock-epic/data/sandbox.hpp"
#include "mock-epic/tests/chart_properties.hpp"

namespace epicenter::mock::test {
namespace {

using fhir::type_id;

constexpr std::string_view derrick_id = "eq081-VQEgP8drUUqCWzHfw3";

json::value capture(const std::string& name) {
  std::ostringstream text;
  text << std::ifstream(EPICENTER_SOURCE_DIR "/mock-epic/tests/captures/" + name, std::ios::binary).rdbuf();
  auto parsed = json::parse(text.str());
  EXPECT_TRUE(parsed) << name;
  return parsed ? *parsed->find("body") : json::value();
}

/// The resources of that type in Derrick's chart, in their order.
std::vector<json::value> of_derrick(type_id type) {
  const data::hospital hospital = small_hospital(5, 20);
  std::vector<json::value> found;
  for (const data::generated& one : hospital.chart(data::derrick))
    if (one.type == type) found.push_back(json::parse(one.text).value());
  return found;
}

TEST(Sandbox, ItsPatientsComeFirstUnderTheirPublicIds) {
  const std::vector<std::string> ids{
      "erXuFYUfucBZaryVksYEcMg3", "eq081-VQEgP8drUUqCWzHfw3", "eAB3mDIBBcyUKviyzrxsnAw3",
      "egqBHVfQlt4Bw3XGXoxVxHg3", "eIXesllypH3M9tAA5WdJftQ3", "eh2xYHuzl9nkSFVvV3osUHg3",
      "e0w0LEDCYtfckT6N.CkJKCw3", "eD.LxhDyX35TntF77l7etUA3", "evYS76EX6LLeCX2PlRLhvwg3"};
  const std::vector<std::string> names{"Lopez",   "Lin",          "Powell",   "Davis",   "Ross",
                                       "Roberts", "McGinnis III", "Argonaut", "Argonaut"};
  for (const std::uint32_t size : {7U, 8U, 9U, 200U}) {
    const data::hospital hospital = small_hospital(size, size);
    for (std::size_t i = 0; i < (size < 9 ? 7U : 9U); ++i) {
      EXPECT_EQ(hospital.key(i).patient, ids[i]);
      EXPECT_EQ(hospital.patient_index(ids[i]), i);
      EXPECT_EQ(hospital.who(i).family, names[i]);
      EXPECT_EQ(hospital.owner_of(type_id::encounter, hospital.key(i).encounter), i);
    }
  }
  const data::hospital tiny = small_hospital(1, 6);
  EXPECT_FALSE(tiny.patient_index(ids[0]));
  EXPECT_NE(tiny.key(0).patient, ids[0]);
}

TEST(Sandbox, DerricksChartIsTheCapturedOneFieldByField) {
  const std::string suffix = "-eq081-VQEgP8drUUqCWzHfw3.json";
  EXPECT_EQ(of_derrick(type_id::patient), std::vector<json::value>{capture("patient" + suffix)});
  struct row {
    type_id type;
    std::string name;
    bool whole;  ///< a search finds nothing else of the type
  };
  for (const row& one : std::vector<row>{{type_id::allergy_intolerance, "allergyintolerance", true},
                                         {type_id::condition, "condition-encounter-diag", false},
                                         {type_id::document_reference, "documentreference", true},
                                         {type_id::encounter, "encounter", true}}) {
    std::vector<json::value> captured;
    const json::value body = capture(one.name + suffix);
    for (const json::value& entry : *body.find("entry")->if_array())
      if (entry.string_at("search.mode") == "match") captured.push_back(*entry.find("resource"));
    std::vector<json::value> ours = of_derrick(one.type);
    ASSERT_FALSE(captured.empty());
    ASSERT_GE(ours.size(), captured.size());
    if (one.whole) {
      EXPECT_EQ(ours.size(), captured.size()) << one.name;
    }
    for (std::size_t i = 0; i < captured.size(); ++i) EXPECT_EQ(ours[i], captured[i]) << one.name << " " << i;
  }
}

TEST(Sandbox, DerrickHasMoreVitalSignsThanAPageAndTheCapturedOnesFirst) {
  const std::vector<json::value> vitals = of_derrick(type_id::observation);
  EXPECT_GT(vitals.size(), 1'000U);
  EXPECT_EQ(vitals[0].string_at("id"), "fCqAp03-rbhTJqy7SRE4-5yNI5Q2dFc4k6qtuWiD86yo4");
  std::string last = "9999";
  for (const json::value& one : vitals) {
    EXPECT_EQ(one.string_at("category.0.coding.0.code"), "vital-signs");
    const std::string when(one.string_at("effectiveDateTime"));
    EXPECT_LE(when, last);
    last = when;
  }
  fhir::store store(small_hospital(5, 20));
  EXPECT_EQ(store.of_patient(type_id::encounter, derrick_id).size(), 1U);
  EXPECT_TRUE(store.find(type_id::encounter, "eTzOKw6DOTR.z5WoH4HuYxQ3"));
  EXPECT_TRUE(store.find(type_id::binary, "e1WKN8.cCY8PGKAe8PemIkg3"));
  EXPECT_EQ(store.by_identifier(type_id::patient, "203711").size(), 1U);
  EXPECT_EQ(store.by_identifier(type_id::patient, "     Z6127").size(), 1U);
  EXPECT_EQ(store.by_identifier(type_id::patient, "FHRLBVD2TLZS69Z").size(), 1U);
}

TEST(Sandbox, GroupsCountEverybodyAndListAFew) {
  const data::hospital small = small_hospital(1, 40);
  const data::hospital large = small_hospital(1, 100'000);
  for (const data::hospital* one : {&small, &large}) {
    std::size_t groups = 0;
    for (const data::generated& page : one->shared()) {
      if (page.type != type_id::group) continue;
      ++groups;
      const json::value tree = json::parse(page.text).value();
      const auto members = one->members_of(page.id);
      ASSERT_TRUE(members);
      EXPECT_EQ(tree.find("quantity")->to_int64().value(), static_cast<std::int64_t>(members->size()));
      EXPECT_LT(page.text.size(), 50'000U);
      if (const json::value* listed = tree.find("member")) {
        ASSERT_EQ(listed->if_array()->size(), members->size());
        EXPECT_EQ((*listed->if_array())[0].string_at("entity.reference"),
                  "Patient/" + one->key(members->front()).patient);
      }
    }
    EXPECT_EQ(groups, 5U);
    EXPECT_FALSE(one->members_of("nobody"));
  }
}

TEST(Sandbox, AHundredThousandPatientsHaveAsMuchEachAsTwoHundred) {
  const auto per_chart = [](std::uint32_t patients) {
    const data::hospital hospital = small_hospital(1, patients);
    std::size_t count = 0;
    for (std::size_t i = 0; i < 150; ++i) count += hospital.chart(9 + i * (patients - 9) / 150).size();
    return static_cast<double>(count) / 150;
  };
  const double few = per_chart(200);
  const double many = per_chart(100'000);
  EXPECT_NEAR(few, many, few / 12);
  EXPECT_GT(few, 60);
  EXPECT_LT(few, 140);
}

}  // namespace
}  // namespace epicenter::mock::test
