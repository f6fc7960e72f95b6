#include "mock-epic/fhir/validator.hpp"

#include "mock-epic/fhir/structure.hpp"
#include "mock-epic/tests/fhir_fixture.hpp"

namespace epicenter::mock::test {
namespace {

std::vector<fhir::issue> validate(std::string_view text) {
  return fhir::validate(json::parse(text).value());
}

std::string told(const std::vector<fhir::issue>& findings) {
  std::string all;
  for (const fhir::issue& one : findings) all += one.epic_code, all += " " + one.diagnostics + "\n";
  return all;
}

TEST(Structure, KnowsEveryTypeOfR4) {
  for (std::size_t i = 0; i < fhir::type_count; ++i)
    EXPECT_NE(fhir::structures::r4().find(fhir::name_of(static_cast<fhir::type_id>(i))), nullptr);
  const fhir::structure& patient = *fhir::structures::r4().find("Patient");
  EXPECT_TRUE(patient.find("name")->many);
  EXPECT_EQ(patient.find("deceasedBoolean")->choice, patient.find("deceasedDateTime")->choice);
  EXPECT_NE(patient.find("deceasedBoolean")->choice, patient.find("multipleBirthInteger")->choice);
  EXPECT_EQ(patient.find("meta")->type->name, "Meta");
  EXPECT_EQ(patient.find("deceased"), nullptr);
}

TEST(Validator, AcceptsWhatTheHospitalWrites) {
  fhir::store s(small_hospital(3, 12));
  std::size_t seen = 0;
  s.visit([&](const fhir::resource_ptr& one) {
    const auto findings = fhir::validate(one->value());
    EXPECT_TRUE(findings.empty()) << one->text() << "\n" << told(findings);
    ++seen;
    return findings.empty();
  });
  EXPECT_GT(seen, 100U);
}

TEST(Validator, NamesWhatIsWrongAndWhere) {
  struct row {
    std::string_view body, code, where;
  };
  for (
      const row& one : std::initializer_list<row>{
          {R"({})", "59105", "resourceType"},
          {R"({"resourceType":"Nothing"})", "59105", "resourceType"},
          {R"({"resourceType":"Timing"})", "59105", "resourceType"},
          {R"({"resourceType":"Patient","nickname":"x"})", "59105", "nickname"},
          {R"({"resourceType":"Patient","name":{"family":"x"}})", "59105", "name"},
          {R"({"resourceType":"Patient","gender":["male"]})", "59105", "gender"},
          {R"({"resourceType":"Patient","name":[]})", "59105", "name"},
          {R"({"resourceType":"Patient","name":[{}]})", "59105", "name[0]"},
          {R"({"resourceType":"Patient","name":[{"given":["a",null]}]})", "59111", "name[0].given[1]"},
          {R"({"resourceType":"Patient","name":[null]})", "59105", "name[0]"},
          {R"({"resourceType":"Patient","gender":"man"})", "59111", "gender"},
          {R"({"resourceType":"Patient","gender":7})", "59111", "gender"},
          {R"({"resourceType":"Patient","active":"true"})", "59111", "active"},
          {R"({"resourceType":"Patient","birthDate":"2026-02-30"})", "59111", "birthDate"},
          {R"({"resourceType":"Patient","deceasedBoolean":true,"deceasedDateTime":"2026"})", "59105",
           "deceasedBoolean"},
          {R"({"resourceType":"Patient","link":[{"other":{"reference":"Patient/a"}}]})", "59108",
           "link[0].type"},
          {R"({"resourceType":"Patient","managingOrganization":{"reference":"Patient/a"}})", "59144",
           "managingOrganization"},
          {R"({"resourceType":"Patient","_name":[{"id":"x"}]})", "59105", "_name"},
          {R"({"resourceType":"Patient","_birthDate":{"value":1}})", "59105", "_birthDate.value"},
          {R"({"resourceType":"Patient","extension":[{"url":"u","valueBad":1}]})", "59105",
           "extension[0].valueBad"},
          {R"({"resourceType":"Patient","contained":[{"resourceType":"Patient","contained":[{"resourceType":"Patient","active":true}]}]})",
           "59105", "contained[0].contained"},
          {R"({"resourceType":"Observation","code":{"text":"x"}})", "59108", "status"},
          {R"({"resourceType":"Condition","clinicalStatus":{"coding":[{"code":"actve"}]},"subject":{"reference":"Patient/a"}})",
           "59111", "clinicalStatus"},
          {R"({"resourceType":"Observation","status":"final","code":{"text":"x"},"valueInteger":1.5})",
           "59111", "valueInteger"}}) {
    const auto findings = validate(one.body);
    ASSERT_FALSE(findings.empty()) << one.body;
    EXPECT_EQ(findings[0].epic_code, one.code) << one.body << "\n" << told(findings);
    EXPECT_EQ(findings[0].location, one.where) << one.body;
  }
}

TEST(Validator, AcceptsWhatR4Allows) {
  for (
      const std::string_view body :
      {R"({"resourceType":"Patient","active":true})",
       R"({"resourceType":"Patient","_birthDate":{"extension":[{"url":"u","valueCode":"unknown"}]}})",
       R"({"resourceType":"Patient","name":[{"given":["a",null],"_given":[null,{"id":"x"}]}]})",
       R"({"resourceType":"Patient","managingOrganization":{"reference":"urn:uuid:1","display":"x"}})",
       R"({"resourceType":"Patient","extension":[{"url":"u","extension":[{"url":"v","valueString":"x"}]}]})",
       R"({"resourceType":"Basic","code":{"text":"x"},"meta":{"tag":[{"code":"a"}]}})",
       R"({"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.50,"comparator":"<"}})",
       R"({"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"x"}]})"})
    EXPECT_EQ(told(validate(body)), "") << body;
}

TEST(Primitive, TakesWhatR4Writes) {
  using fhir::primitive;
  struct row {
    primitive type;
    std::vector<std::string> good, bad;
  };
  for (const row& one : std::vector<row>{
           {primitive::date,
            {"2026", "2026-01", "2024-02-29"},
            {"", "26", "2026-13", "2025-02-29", "2026-1-1", "0000"}},
           {primitive::date_time,
            {"2026", "2026-01-05T10:00:00Z", "2026-01-05T10:00:00.123+05:30"},
            {"2026-01-05T10:00:00", "2026-01-05T10:00Z", "2026-01-05T24:00:00Z",
             "2026-01-05T10:00:00+15:00"}},
           {primitive::instant, {"2026-01-05T23:59:60Z"}, {"2026-01-05", "2026-01-05T10:00:00.Z"}},
           {primitive::time, {"10:00:00", "10:00:00.5"}, {"10:00", "10:00:00Z"}},
           {primitive::code, {"a", "a b"}, {"", " a", "a ", "a  b", "a\tb"}},
           {primitive::id, {"a-1.B"}, {"", "a_b", "a/b", std::string(256, 'a')}},
           {primitive::oid, {"urn:oid:1.2.840"}, {"1.2.3", "urn:oid:3.1", "urn:oid:1.02"}},
           {primitive::uuid,
            {"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"},
            {"urn:uuid:c757873d", "c757873d-ec9a-4326-a141-556f43239520"}},
           {primitive::uri, {"http://a", "x"}, {"", "a b"}},
           {primitive::base64_binary, {"SGk=", "SGkh", "SG\nkh"}, {"", "SGk", "S===", "SG=k", "SG*h"}},
           {primitive::string, {"x", " ", "a\nb"}, {"", std::string("\1")}}}) {
    for (const std::string& text : one.good) EXPECT_TRUE(is_valid(one.type, text)) << text;
    for (const std::string& text : one.bad) EXPECT_FALSE(is_valid(one.type, text)) << text;
  }
  const auto number = [](const char* digits) { return json::value(json::number{digits}); };
  EXPECT_TRUE(is_valid(primitive::integer, number("-2147483648")));
  EXPECT_FALSE(is_valid(primitive::integer, number("2147483648")));
  EXPECT_FALSE(is_valid(primitive::positive_int, number("0")));
  EXPECT_FALSE(is_valid(primitive::unsigned_int, number("-1")));
  EXPECT_TRUE(is_valid(primitive::decimal, number("1.50E3")));
  EXPECT_FALSE(is_valid(primitive::decimal, "1.5"));
}

/// Each way to spoil one member of an object: to take it away is not always wrong, the others are.
TEST(Validator, RefusesEverySpoiltMember) {
  fhir::store s(small_hospital(4, 3));
  const auto spoil = [](json::value& v, std::string_view key) {
    std::vector<json::value> made;
    json::value unknown = v;
    json::value member = *v.find(key);
    unknown.if_object()->erase(key);
    unknown.if_object()->set(std::string(key) + "X", member);
    made.push_back(unknown);
    json::value repeated = v;
    if (const json::array* list = member.if_array()) {
      repeated.if_object()->set(std::string(key), list->front());
    } else {
      repeated.if_object()->set(std::string(key), json::array{member});
    }
    made.push_back(repeated);
    for (json::value wrong :
         {json::value(nullptr), json::value(""), json::value(json::array{}), json::value(json::object{})}) {
      json::value with = v;
      with.if_object()->set(std::string(key), std::move(wrong));
      made.push_back(std::move(with));
    }
    return made;
  };
  std::size_t tried = 0;
  s.visit([&](const fhir::resource_ptr& one) {
    json::value whole = one->value();
    for (const auto& [key, member] : *one->value().if_object()) {
      if (key == "resourceType") continue;
      for (const json::value& wrong : spoil(whole, key)) {
        ++tried;
        EXPECT_FALSE(fhir::validate(wrong).empty()) << key << " in " << json::write(wrong);
      }
    }
    return !testing::Test::HasFailure();
  });
  EXPECT_GT(tried, 1000U);
}

}  // namespace
}  // namespace epicenter::mock::test
