#include "mock-epic/fhir/store.hpp"

#include "mock-epic/tests/fhir_fixture.hpp"

namespace epicenter::mock::test {
namespace {

json::object order(std::string_view id, std::string_view patient, std::string_view identifier) {
  return {{"resourceType", "ServiceRequest"},
          {"id", id},
          {"identifier", json::array{json::object{{"system", "urn:x"}, {"value", identifier}}}},
          {"subject", json::object{{"reference", "Patient/" + std::string(patient)}}}};
}

TEST(IdCodec, FindsItsOwnIdsAndNoOthers) {
  const data::id_codec ids(7);
  const data::id_codec others(8);
  runtime::random_stream random(20261125);
  for (int i = 0; i < 20'000; ++i) {
    const data::id_content content{static_cast<std::uint32_t>(random.next()),
                                   static_cast<std::uint32_t>(random.next())};
    std::string id = ids.encode(content);
    ASSERT_EQ(id.size(), 24U);
    ASSERT_EQ(ids.decode(id), content) << i;
    EXPECT_FALSE(others.decode(id)) << i;
    id[1 + random.below(22)] ^= 1;
    EXPECT_FALSE(ids.decode(id)) << i << " " << id;
  }
}

TEST(Store, KeepsEveryVersionOfWhatChanges) {
  fhir::store s(small_hospital(1));
  const std::string patient = s.hospital().key(3).patient;
  const fhir::hits before = s.of_patient(fhir::type_id::service_request, patient);
  const auto first =
      s.file(fhir::type_id::service_request, "x1", patient, order("x1", patient, "a"), true, today);
  const auto second = s.replace(*first, patient, order("x1", patient, "b"), today + 1s);
  const auto third = s.erase(*second, today + 2s);
  EXPECT_EQ(second->version(), 2U);
  EXPECT_TRUE(third->deleted());
  EXPECT_EQ(s.history(fhir::type_id::service_request, "x1"), (fhir::hits{first, second, third}));
  EXPECT_EQ(s.find(fhir::type_id::service_request, "x1"), third);
  EXPECT_EQ(s.of_patient(fhir::type_id::service_request, patient), before);
  const auto again = s.replace(*third, patient, order("x1", patient, "b"), today + 3s);
  EXPECT_EQ(again->version(), 4U);
  EXPECT_EQ(s.of_patient(fhir::type_id::service_request, patient).size(), before.size() + 1);
  EXPECT_EQ(s.of_patient(fhir::type_id::service_request, patient).back(), again);
  EXPECT_TRUE(s.by_identifier(fhir::type_id::service_request, "a").empty());
  EXPECT_EQ(s.by_identifier(fhir::type_id::service_request, "b"), fhir::hits{again});
}

TEST(Store, LaysChangesOverChartsThatWereForgotten) {
  fhir::store s(small_hospital(1, 40), fhir::store_options{64 * 1024, 64 * 1024});
  const std::string patient = s.hospital().key(5).patient;
  const fhir::hits before = s.of_patient(fhir::type_id::condition, patient);
  ASSERT_FALSE(before.empty());
  const std::string moved_to = s.hospital().key(6).patient;
  auto content = *before[0]->value().if_object();
  content.set("note", json::array{json::object{{"text", "changed"}}});
  const auto changed = s.replace(*before[0], patient, content, today);
  const std::size_t all =
      s.of_type(fhir::type_id::condition).size();  // walks every chart: the fifth is forgotten
  EXPECT_EQ(s.of_patient(fhir::type_id::condition, patient)[0], changed);
  EXPECT_EQ(s.history(fhir::type_id::condition, changed->id()).size(), 2U);
  EXPECT_EQ(s.history(fhir::type_id::condition, changed->id())[0]->text(), before[0]->text());
  const auto moved = s.replace(*changed, moved_to, content, today);
  EXPECT_EQ(s.of_patient(fhir::type_id::condition, patient).size(), before.size() - 1);
  EXPECT_EQ(s.of_patient(fhir::type_id::condition, moved_to).back(), moved);
  EXPECT_EQ(s.of_type(fhir::type_id::condition).size(), all);
  s.erase(*moved, today);
  EXPECT_EQ(s.of_type(fhir::type_id::condition).size(), all - 1);
}

TEST(Store, ForgottenTreesAreParsedAgain) {
  fhir::store s(small_hospital(1), fhir::store_options{1 << 20, 1});
  const auto patients = s.of_type(fhir::type_id::patient);
  std::vector<std::string> names;
  for (const auto& one : patients) names.emplace_back(one->value().string_at("name.0.family"));
  s.trim();
  for (std::size_t i = 0; i < patients.size(); ++i)
    EXPECT_EQ(patients[i]->value().string_at("name.0.family"), names[i]);
}

}  // namespace
}  // namespace epicenter::mock::test
