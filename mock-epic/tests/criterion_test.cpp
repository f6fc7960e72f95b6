#include "mock-epic/fhir/criterion.hpp"
#include "mock-epic/fhir/member_text.hpp"

#include "mock-epic/tests/fhir_fixture.hpp"

namespace epicenter::mock::test {
namespace {

using fhir::type_id;
using fhir::unreadable;

constexpr std::string_view observation = R"({
  "resourceType":"Observation","id":"o","status":"final","meta":{"tag":[{"system":"s","code":"t"}],"profile":["http://p/a|2"]},
  "identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"FILL"}]},"system":"urn:x","value":"a,b"}],
  "category":[{"coding":[{"system":"http://c","code":"laboratory","display":"Laboratory"}],"text":"Lab"}],
  "code":{"coding":[{"system":"http://loinc.org","code":"2823-3","display":"Potassium"},{"code":"local"}],"text":"Kalium im Blut"},
  "subject":{"reference":"Patient/p1","identifier":{"system":"mrn","value":"7"}},
  "encounter":{"reference":"http://ehr.example/R4/Encounter/e1/_history/3"},
  "focus":[{"reference":"http://other.example/fhir/Device/d"}],
  "effectivePeriod":{"start":"2025-06-15","end":"2025-06-17"},
  "valueQuantity":{"value":5.40,"unit":"mmol per litre","system":"http://unitsofmeasure.org","code":"mmol/L"},
  "component":[{"code":{"coding":[{"code":"sys"}]},"valueQuantity":{"value":120,"code":"mm[Hg]"}},
               {"code":{"coding":[{"code":"dia"}]},"valueQuantity":{"value":80,"code":"mm[Hg]"}}]})";

constexpr std::string_view patient = R"({
  "resourceType":"Patient","id":"p1","active":true,"gender":"female","birthDate":"1990-02-03",
  "name":[{"use":"official","family":"Müller-Ågren","given":["José","Anna"]}],
  "telecom":[{"system":"phone","value":"555-1"},{"system":"email","value":"a@b.example"}],
  "extension":[{"url":"http://open.epic.com/FHIR/StructureDefinition/extension/legal-sex",
    "valueCodeableConcept":{"coding":[{"system":"urn:oid:1","code":"female"}]}}],
  "address":[{"line":["7324 Roosevelt Ave"],"city":"INDIANAPOLIS","postalCode":"46201"}]})";

constexpr std::string_view others[] = {
    R"({"resourceType":"RiskAssessment","id":"r","prediction":[{"probabilityDecimal":0.8}]})",
    R"({"resourceType":"ValueSet","id":"v","url":"http://v/sets/one","version":"1"})",
    R"({"resourceType":"Condition","id":"c","onsetAge":{"value":42,"system":"http://unitsofmeasure.org","code":"a"},"abatementString":"Later, perhaps"})",
    R"({"resourceType":"MedicationAdministration","id":"m","effectivePeriod":{"start":"2025-01-01"}})",
    R"({"resourceType":"ServiceRequest","id":"s","occurrenceTiming":{"event":["2025-03-01","2025-03-09"]}})",
    R"({"resourceType":"Patient","id":"dead","deceasedDateTime":"2020-01-01"})",
    R"({"resourceType":"Basic","id":"b"})"};

class Criterion : public testing::Test {
 protected:
  Criterion() : records(small_hospital(1, 2)), world{records, "http://ehr.example/R4", today, true} {}

  static fhir::resource_ptr made_of(std::string_view text) {
    const auto parsed = json::parse(text);
    fhir::resource::identity who;
    who.type = *fhir::type_named(parsed->string_at("resourceType"));
    who.id = parsed->string_at("id");
    who.updated = today;
    return std::make_shared<const fhir::resource>(std::move(who), json::write(*parsed), nullptr);
  }
  bool matches(std::string_view name, std::string_view value, std::string_view resource) {
    const fhir::resource_ptr one = made_of(resource);
    auto read = fhir::criterion::read(one->type(), name, value, world);
    EXPECT_TRUE(std::holds_alternative<fhir::criterion>(read)) << name << "=" << value;
    const auto* made = std::get_if<fhir::criterion>(&read);
    if (!made) return false;
    const bool unparsed = made->matches(*one, world);
    EXPECT_FALSE(one->value().is_null());  // parses it
    EXPECT_EQ(made->matches(*one, world), unparsed)
        << name << "=" << value << ": with and without a tree at hand";
    return unparsed;
  }
  std::optional<unreadable> refusal(type_id type, std::string_view name, std::string_view value) {
    auto read = fhir::criterion::read(type, name, value, world);
    const auto* why = std::get_if<unreadable>(&read);
    return why ? std::optional(*why) : std::nullopt;
  }

  fhir::store records;
  fhir::search_world world;
};

struct row {
  std::string_view name, value;
  bool expected;
};

TEST_F(Criterion, TokensMatchBySystemAndCode) {
  for (const row& one : std::vector<row>{
           {"code", "2823-3", true},
           {"code", "2823", false},
           {"code", "http://loinc.org|2823-3", true},
           {"code", "http://x|2823-3", false},
           {"code", "|local", true},
           {"code", "|2823-3", false},
           {"code", "http://loinc.org|", true},
           {"code", "http://x|", false},
           {"code", "x,2823-3", true},
           {"code:not", "2823-3", false},
           {"code:not", "x,y", true},
           {"code:not", "x,2823-3", false},
           {"data-absent-reason:not", "unknown", true},
           {"code:text", "kalium", true},
           {"code:text", "potas", true},
           {"code:text", "blut", false},
           {"code:missing", "true", false},
           {"code:missing", "false", true},
           {"data-absent-reason:missing", "true", true},
           {"status", "final", true},
           {"status", "http://hl7.org/fhir/observation-status|final", true},
           {"status", "http://x|final", false},
           {"identifier", "a\\,b", true},
           {"identifier", "urn:x|a\\,b", true},
           {"identifier", "a", false},
           {"identifier:of-type", "http://terminology.hl7.org/CodeSystem/v2-0203|FILL|a\\,b", true},
           {"identifier:of-type", "http://terminology.hl7.org/CodeSystem/v2-0203|PLAC|a\\,b", false},
           {"combo-code", "dia", true},
           {"component-code", "2823-3", false},
           {"_tag", "s|t", true},
           {"_tag", "t2", false},
           {"_profile", "http://p/a", true},
           {"_profile:below", "http://p", true},
           {"_profile", "http://p", false}})
    EXPECT_EQ(matches(one.name, one.value, observation), one.expected) << one.name << "=" << one.value;
  for (const row& one : std::vector<row>{{"active", "true", true},
                                         {"active", "false", false},
                                         {"phone", "555-1", true},
                                         {"phone", "a@b.example", false},
                                         {"email", "a@b.example", true},
                                         {"telecom", "phone|555-1", true},
                                         {"legal-sex", "female", true},
                                         {"legal-sex", "male", false},
                                         {"deceased", "false", true},
                                         {"deceased", "true", false}})
    EXPECT_EQ(matches(one.name, one.value, patient), one.expected) << one.name << "=" << one.value;
  EXPECT_TRUE(matches("deceased", "true", others[5]));
  EXPECT_FALSE(matches("deceased", "false", others[5]));
}

TEST_F(Criterion, StringsMatchFromTheStartWithoutCaseAndAccents) {
  for (const row& one : std::vector<row>{{"family", "mull", true},
                                         {"family", "MÜLLER-ågren", true},
                                         {"family", "agren", false},
                                         {"family:contains", "AGREN", true},
                                         {"family:exact", "Müller-Ågren", true},
                                         {"family:exact", "Muller-Agren", false},
                                         {"family:exact", "Müller", false},
                                         {"given", "jose", true},
                                         {"given", "ann", true},
                                         {"given", "x,ann", true},
                                         {"name", "jos", true},
                                         {"name", "official", false},
                                         {"address", "7324", true},
                                         {"address", "indiana", true},
                                         {"address-postalcode", "462", true},
                                         {"address-city:missing", "true", false}})
    EXPECT_EQ(matches(one.name, one.value, patient), one.expected) << one.name << "=" << one.value;
  EXPECT_TRUE(matches("abatement-string", "later\\, per", others[2]));
  EXPECT_FALSE(matches("abatement-string", "perhaps", others[2]));
}

TEST_F(Criterion, DatesCompareAsRanges) {
  // Held: 15 June up to the end of 17 June 2025.
  for (const row& one : std::vector<row>{{"date", "2025", true},
                                         {"date", "2025-06", true},
                                         {"date", "2025-06-15", false},
                                         {"date", "ne2025-06-15", true},
                                         {"date", "ne2025", false},
                                         {"date", "lt2025-06-15", false},
                                         {"date", "lt2025-06-16", true},
                                         {"date", "le2025-06-14", false},
                                         {"date", "le2025-06-16", true},
                                         {"date", "le2025-06", true},
                                         {"date", "gt2025-06-16", true},
                                         {"date", "gt2025-06-17", false},
                                         {"date", "ge2025-06-17", false},
                                         {"date", "ge2025-06-16", true},
                                         {"date", "ge2025", true},
                                         {"date", "sa2025-06-14", true},
                                         {"date", "sa2025-06-15", false},
                                         {"date", "eb2025-06-18", true},
                                         {"date", "eb2025-06-17", false},
                                         {"date", "ap2025-06-01", true},
                                         {"date", "ap2019", false},
                                         {"date", "2024,2025", true},
                                         {"date:missing", "false", true},
                                         {"_lastUpdated", "2026-01-05", true},
                                         {"_lastUpdated", "lt2026-01-05", false},
                                         {"_lastUpdated", "ge2026-01-05T00:00:00Z", true}})
    EXPECT_EQ(matches(one.name, one.value, observation), one.expected) << one.name << "=" << one.value;
  EXPECT_TRUE(matches("birthdate", "1990-02-03", patient));
  EXPECT_TRUE(matches("birthdate", "1990", patient));
  EXPECT_FALSE(matches("birthdate", "1990-02-04", patient));
  EXPECT_TRUE(matches("effective-time", "gt2040", others[3])) << "a period without an end has not ended";
  EXPECT_FALSE(matches("effective-time", "lt2024", others[3]));
  EXPECT_TRUE(matches("occurrence", "2025-03", others[4])) << "the outer limits of a timing";
  EXPECT_FALSE(matches("occurrence", "2025-03-09", others[4]));
}

TEST_F(Criterion, ReferencesMatchHoweverTheyAreWritten) {
  for (const row& one : std::vector<row>{{"subject", "p1", true},
                                         {"subject", "Patient/p1", true},
                                         {"subject", "http://ehr.example/R4/Patient/p1", true},
                                         {"subject", "http://other.example/R4/Patient/p1", false},
                                         {"subject", "Group/p1", false},
                                         {"subject:Patient", "p1", true},
                                         {"subject:Group", "p1", false},
                                         {"patient", "p1", true},
                                         {"patient", "p2,p1", true},
                                         {"patient", "p2", false},
                                         {"subject:identifier", "mrn|7", true},
                                         {"subject:identifier", "mrn|8", false},
                                         {"subject:missing", "false", true},
                                         {"performer:missing", "true", true},
                                         {"encounter", "e1", true},
                                         {"encounter", "Encounter/e1", true},
                                         {"focus", "http://other.example/fhir/Device/d", true},
                                         {"focus", "Device/d", false}})
    EXPECT_EQ(matches(one.name, one.value, observation), one.expected) << one.name << "=" << one.value;
}

TEST_F(Criterion, QuantitiesCompareAsPreciselyAsTheyAreWritten) {
  for (const row& one : std::vector<row>{{"value-quantity", "5.4", true},
                                         {"value-quantity", "5.40", true},
                                         {"value-quantity", "5.41", false},
                                         {"value-quantity", "5", true},
                                         {"value-quantity", "6", false},
                                         {"value-quantity", "0.54e1", true},
                                         {"value-quantity", "ne5.4", false},
                                         {"value-quantity", "gt5.39", true},
                                         {"value-quantity", "gt5.4", false},
                                         {"value-quantity", "ge5.4", true},
                                         {"value-quantity", "lt5.4", false},
                                         {"value-quantity", "le5.4", true},
                                         {"value-quantity", "sa5", true},
                                         {"value-quantity", "eb6", true},
                                         {"value-quantity", "ap5.9", true},
                                         {"value-quantity", "ap6.5", false},
                                         {"value-quantity", "5.4|http://unitsofmeasure.org|mmol/L", true},
                                         {"value-quantity", "5.4||mmol/L", true},
                                         {"value-quantity", "5.4||mmol per litre", true},
                                         {"value-quantity", "5.4||mg/dL", false},
                                         {"value-quantity", "5.4|http://x|mmol/L", false},
                                         {"combo-value-quantity", "120", true},
                                         {"combo-value-quantity", "121", false}})
    EXPECT_EQ(matches(one.name, one.value, observation), one.expected) << one.name << "=" << one.value;
  EXPECT_TRUE(matches("onset-age", "gt40||a", others[2]));
  EXPECT_FALSE(matches("onset-age", "gt43", others[2]));
  EXPECT_TRUE(matches("probability", "gt0.7", others[0]));
  EXPECT_TRUE(matches("probability", "0.8", others[0]));
  EXPECT_FALSE(matches("probability", "0.9", others[0]));
}

TEST_F(Criterion, CompositesMatchOneElementAsAWhole) {
  for (const row& one : std::vector<row>{{"code-value-quantity", "2823-3$5.4", true},
                                         {"code-value-quantity", "2823-3$gt6", false},
                                         {"component-code-value-quantity", "sys$120", true},
                                         {"component-code-value-quantity", "sys$80", false},
                                         {"component-code-value-quantity", "sys$80,dia$80", true},
                                         {"combo-code-value-quantity", "dia$80", true},
                                         {"combo-code-value-quantity", "2823-3$5.4||mmol/L", true}})
    EXPECT_EQ(matches(one.name, one.value, observation), one.expected) << one.name << "=" << one.value;
}

TEST_F(Criterion, UrisMatchWholeOrByTheirHierarchy) {
  EXPECT_TRUE(matches("url", "http://v/sets/one", others[1]));
  EXPECT_FALSE(matches("url", "http://v/sets", others[1]));
  EXPECT_TRUE(matches("url:below", "http://v/sets", others[1]));
  EXPECT_FALSE(matches("url:below", "http://v/set", others[1]));
  EXPECT_TRUE(matches("url:above", "http://v/sets/one/more", others[1]));
}

TEST_F(Criterion, WhatCannotBeReadIsToldApart) {
  struct wrong {
    type_id type;
    std::string_view name, value;
    unreadable why;
  };
  for (const wrong& one : std::vector<wrong>{
           {type_id::patient, "nonsense", "1", unreadable::parameter},
           {type_id::patient, "nonsense:exact", "1", unreadable::parameter},
           {type_id::patient, "family:not", "1", unreadable::modifier},
           {type_id::patient, "gender:in", "1", unreadable::modifier},
           {type_id::patient, "gender:below", "1", unreadable::modifier},
           {type_id::patient, "birthdate:exact", "2020", unreadable::modifier},
           {type_id::patient, "birthdate", "yesterday", unreadable::value},
           {type_id::patient, "birthdate", "gg2020", unreadable::value},
           {type_id::patient, "gender", "", unreadable::value},
           {type_id::patient, "gender", "a|b|c", unreadable::value},
           {type_id::patient, "gender", "male,", unreadable::value},
           {type_id::patient, "gender:missing", "maybe", unreadable::value},
           {type_id::observation, "value-quantity", "five", unreadable::value},
           {type_id::observation, "value-quantity", "5|x", unreadable::value},
           {type_id::observation, "value-quantity", "1e999", unreadable::value},
           {type_id::observation, "code-value-quantity", "a", unreadable::value},
           {type_id::observation, "subject:Patient", "Group/g", unreadable::value},
           {type_id::observation, "subject:Nonsense.name", "x", unreadable::modifier},
           {type_id::observation, "subject.nonsense", "x", unreadable::parameter},
           {type_id::observation, "status.code", "x", unreadable::parameter},
           {type_id::observation, "encounter.subject.organization.name", "x", unreadable::too_deep},
           {type_id::patient, "_has:Observation:patient", "x", unreadable::parameter},
           {type_id::patient, "_has:Observation:code:code", "x", unreadable::parameter},
           {type_id::patient, "_has:Nonsense:patient:code", "x", unreadable::parameter},
           {type_id::patient, "_has:Observation:patient:_has:A:b:_has:C:d:e", "x", unreadable::parameter}})
    EXPECT_EQ(refusal(one.type, one.name, one.value), one.why) << one.name << "=" << one.value;
  std::string long_list = "a";
  for (std::size_t i = 0; i < fhir::max_alternatives; ++i) long_list += ",a";
  EXPECT_EQ(refusal(type_id::patient, "gender", long_list), unreadable::value);
}

TEST_F(Criterion, StrictKnowsWhatEpicDeclaresAndNoModifiers) {
  world.orders = false;
  EXPECT_EQ(refusal(type_id::observation, "value-quantity", "5"), unreadable::parameter);
  EXPECT_EQ(refusal(type_id::observation, "code", "5"), std::nullopt);
  EXPECT_EQ(refusal(type_id::observation, "code:not", "5"), unreadable::modifier);
  EXPECT_EQ(refusal(type_id::observation, "_lastUpdated", "2020"), unreadable::parameter);
  EXPECT_EQ(refusal(type_id::document_reference, "_lastupdated", "2020"), std::nullopt);
  EXPECT_EQ(refusal(type_id::observation, "subject.name", "x"), unreadable::parameter);
  EXPECT_EQ(refusal(type_id::encounter, "onlyscannable", "true"), std::nullopt);
}

TEST(MemberText, FindsWhatTheTreeWouldFind) {
  const std::string text(
      R"({"a":"x\\\"}{","b":[{"c":"]}"},[1]],"c":-1.5e3,"d":{"a":{"b":null}},"e":true,"f":""})");
  const auto tree = json::parse(text);
  ASSERT_TRUE(tree);
  for (const std::string_view key : {"a", "b", "c", "d", "e", "f"})
    EXPECT_EQ(fhir::member_text(text, key), json::write(*tree->find(key))) << key;
  EXPECT_FALSE(fhir::member_text(text, "g"));
  EXPECT_EQ(fhir::member_text("{ \"a\" : 1 , \"b\" : [ 2 ] }", "b"), "[ 2 ]");
  for (const std::string_view broken : {"", "{", "{\"a", "{\"a\"", "{\"a\":", "[1]", "{\"b\":\"\\", "null"})
    EXPECT_FALSE(fhir::member_text(broken, "b").value_or("").starts_with('{')) << broken;
}

TEST_F(Criterion, EveryParameterOfTheTableReadsAValueOfItsKind) {
  static constexpr std::string_view values[] = {"a", "Patient/a", "a", "2020", "1", "1", "http://a"};
  for (std::size_t i = 0; i < fhir::type_count; ++i) {
    const auto type = static_cast<type_id>(i);
    std::string_view before;
    for (const fhir::search_param& param : fhir::params_of(type)) {
      EXPECT_LT(before, param.name) << fhir::name_of(type);
      before = param.name;
      if (param.kind == fhir::param_kind::composite) continue;
      EXPECT_EQ(refusal(type, param.name, values[static_cast<std::size_t>(param.kind)]), std::nullopt)
          << fhir::name_of(type) << "." << param.name;
      const std::string text = fmt::format(R"({{"resourceType":"{}","id":"x"}})", fhir::name_of(type));
      if (param.path != "!") {
        EXPECT_TRUE(matches(std::string(param.name) + ":missing", "true", text)) << param.name;
      }
    }
  }
}

}  // namespace
}  // namespace epicenter::mock::test
