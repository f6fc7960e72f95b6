#include <chrono>
#include <set>

#include "mock-epic/data/civil.hpp"
#include "mock-epic/fhir/xml.hpp"
#include "mock-epic/tests/fhir_fixture.hpp"

namespace epicenter::mock::test {
namespace {

std::string all_charts(std::uint64_t seed) {
  const data::hospital hospital = small_hospital(seed, 30);
  std::string text;
  for (std::size_t i = 0; i < hospital.size(); ++i)
    for (const data::generated& one : hospital.chart(i)) text += one.text + "\n";
  return text;
}

TEST(Hospital, TheSameSeedGivesTheSameCharts) {
  EXPECT_EQ(all_charts(7), all_charts(7));
  EXPECT_NE(all_charts(7), all_charts(8));
}

TEST(Hospital, EveryPatientHasWhatAContextNeeds) {
  const data::hospital hospital = small_hospital(1, 200);
  std::set<std::string> ids;
  for (std::size_t i = 0; i < hospital.size(); ++i) {
    std::array<std::size_t, fhir::type_count> counts{};
    for (const data::generated& one : hospital.chart(i)) {
      ++counts[static_cast<std::size_t>(one.type)];
      EXPECT_TRUE(ids.insert(one.id).second) << "an id twice";
      EXPECT_EQ(one.id.size(), 24U);
      const fhir::type_rules& rules = fhir::rules_of(one.type);
      const json::value resource = json::parse(one.text).value();
      if (!rules.subject.empty()) {
        EXPECT_EQ(resource.string_at(std::string(rules.subject) + ".reference"),
                  "Patient/" + hospital.key(i).patient);
      }
    }
    const auto of = [&](fhir::type_id type) { return counts[static_cast<std::size_t>(type)]; };
    EXPECT_EQ(of(fhir::type_id::patient), 1U);
    EXPECT_GE(of(fhir::type_id::encounter), 1U);
    EXPECT_GE(of(fhir::type_id::allergy_intolerance), 1U);
    EXPECT_GE(of(fhir::type_id::condition), 1U);
    EXPECT_GE(of(fhir::type_id::medication_request), 1U);
    EXPECT_GE(of(fhir::type_id::observation), 8U);
  }
}

TEST(Hospital, ChartsDoNotDependOnTheOrderTheyAreTouchedIn) {
  fhir::store forward(small_hospital(3));
  fhir::store backward(small_hospital(3));
  const auto text = [](fhir::store& s, std::size_t i) {
    std::string all;
    for (const fhir::resource_ptr& one :
         s.of_patient(fhir::type_id::observation, s.hospital().key(i).patient))
      all += one->text();
    return all;
  };
  std::vector<std::string> a, b(20);
  for (std::size_t i = 0; i < 20; ++i) a.push_back(text(forward, i));
  for (std::size_t i = 20; i-- > 0;) b[i] = text(backward, i);
  EXPECT_EQ(a, b);
  EXPECT_EQ(forward.of_type(fhir::type_id::patient).size(), 20U);
  for (std::size_t i = 0; i < 20; ++i)
    EXPECT_EQ(backward.of_type(fhir::type_id::patient)[i]->id(), backward.hospital().key(i).patient);
}

TEST(Civil, WritesAndReadsDates) {
  EXPECT_EQ(data::format_instant(today + 3661s), "2026-01-05T01:01:01Z");
  const std::int64_t day = std::chrono::duration_cast<std::chrono::seconds>(today.time_since_epoch()).count();
  EXPECT_EQ(data::parse_date("2026-01-05")->begin, day);
  EXPECT_EQ(data::parse_date("2026-01-05")->end, day + 86'400);
  EXPECT_EQ(data::parse_date("2026-01-05T02:00:00+02:00")->begin, day);
  EXPECT_EQ(data::parse_date("2026-01-04T22:00:00.5-02:00")->begin, day);
  EXPECT_EQ(data::parse_date("2026-01-05T00:00")->end, day + 60);
  EXPECT_EQ(data::parse_date("2024-02")->end - data::parse_date("2024-02")->begin, 29 * 86'400);
  for (const std::string_view bad : {"", "26", "2026-13", "2026-02-30", "2026-1-5", "2026-01-05T25:00",
                                     "2026-01-05x", "2026-01-05T10:00+0200", "2026-01-05T10:00:00z"})
    EXPECT_FALSE(data::parse_date(bad)) << bad;
}

TEST(Xml, FollowsTheRulesOfTheFormat) {
  const auto xml = [](std::string_view text) { return fhir::write_xml(*json::parse(text)); };
  EXPECT_EQ(xml(R"({"resourceType":"Patient","id":"x","active":true,)"
                R"("name":[{"id":"n","given":["A","B & \"C\""]}]})"),
            R"(<Patient xmlns="http://hl7.org/fhir"><id value="x" /><active value="true" /><name id="n">)"
            R"(<given value="A" /><given value="B &amp; &quot;C&quot;" /></name></Patient>)");
  EXPECT_EQ(xml(R"({"resourceType":"Patient","extension":[{"url":"u","valueDecimal":1.50}]})"),
            R"(<Patient xmlns="http://hl7.org/fhir"><extension url="u">)"
            R"(<valueDecimal value="1.50" /></extension></Patient>)");
  EXPECT_EQ(xml(R"({"resourceType":"Bundle","link":[{"relation":"self","url":"u"}],)"
                R"("entry":[{"resource":{"resourceType":"Basic","id":"b"}}]})"),
            R"(<Bundle xmlns="http://hl7.org/fhir"><link><relation value="self" />)"
            R"(<url value="u" /></link><entry>)"
            R"(<resource><Basic xmlns="http://hl7.org/fhir"><id value="b" /></Basic></resource>)"
            "</entry></Bundle>");
  EXPECT_EQ(xml(R"({"resourceType":"Patient","birthDate":"1990",)"
                R"("_birthDate":{"extension":[{"url":"u","valueCode":"x"}]}})"),
            R"(<Patient xmlns="http://hl7.org/fhir"><birthDate value="1990">)"
            R"(<extension url="u"><valueCode value="x" /></extension></birthDate></Patient>)");
}

}  // namespace
}  // namespace epicenter::mock::test
