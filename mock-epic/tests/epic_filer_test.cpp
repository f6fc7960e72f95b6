// What a read gives after a create in profile strict, held against Epic's captured write probes.
#include <set>

#include "mock-epic/fhir/validator.hpp"
#include "mock-epic/tests/fhir_fixture.hpp"

namespace epicenter::mock::test {
namespace {

class StrictFiling : public fhir_fixture {
 protected:
  StrictFiling() : fhir_fixture(false) {}

  static void collect(const json::value& v, const std::string& at, std::set<std::string>& into) {
    if (const json::array* list = v.if_array()) {
      for (const json::value& one : *list) collect(one, at + "[]", into);
    } else if (const json::object* object = v.if_object()) {
      for (const auto& [key, member] : *object) collect(member, at + "." + std::string(key), into);
    } else {
      into.insert(at);
    }
  }
  static std::set<std::string> paths(const json::value& v) {
    std::set<std::string> made;
    collect(v, "", made);
    return made;
  }
  static std::set<std::string> paths_in(std::string_view text) { return paths(json::parse(text).value()); }
  json::value filed(std::string_view type, std::string body) {
    const fhir::answer made = post("/" + std::string(type), std::move(body));
    EXPECT_EQ(made.response.status, 201U) << made.response.body;
    EXPECT_EQ(made.response.body, "");
    EXPECT_FALSE(made.response.fields.contains("ETag"));
    json::value kept = get_json("/" + std::string(made.response.fields.get("Location")));
    EXPECT_TRUE(fhir::validate(kept).empty()) << fhir::write_outcome(fhir::validate(kept));
    return kept;
  }
};

TEST_F(StrictFiling, AProblemIsWhatEpicMakesOfIt) {
  const json::value kept = filed(
      "Condition",
      fmt::format(
          R"({{"resourceType":"Condition","clinicalStatus":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}}]}},"verificationStatus":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/condition-ver-status","code":"provisional"}}]}},"category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/condition-category","code":"encounter-diagnosis","display":"Encounter Diagnosis"}}]}}],"code":{{"coding":[{{"system":"http://snomed.info/sct","code":"41652007","display":"Eye pain"}}],"text":"Eye pain"}},"subject":{{"reference":"Patient/{}"}},"encounter":{{"reference":"Encounter/{}"}},"onsetDateTime":"1966-04-09T13:56:40-05:00","recordedDate":"1966-04-09T13:56:40-05:00"}})",
          key(0).patient, key(0).encounter));
  EXPECT_EQ(kept.string_at("id").size(), 64U);
  EXPECT_EQ(
      paths(kept),
      paths_in(
          R"({"resourceType":"c","id":"i","clinicalStatus":{"coding":[{"system":"s","version":"4.0.0","code":"active","display":"Active"}],"text":"Active"},"verificationStatus":{"coding":[{"system":"s","version":"4.0.0","code":"p","display":"P"}],"text":"P"},"category":[{"coding":[{"system":"s","code":"c","display":"d"}],"text":"t"}],"code":{"coding":[{"system":"s","code":"c","display":"d"}]},"subject":{"reference":"r","display":"d"}})"));
  EXPECT_EQ(kept.string_at("clinicalStatus.coding.0.version"), "4.0.0");
  EXPECT_EQ(kept.string_at("clinicalStatus.text"), "Active");
  EXPECT_EQ(kept.string_at("verificationStatus.coding.0.display"), "Provisional");
  EXPECT_EQ(kept.string_at("category.0.text"), "Problem List Item");
}

TEST_F(StrictFiling, BloodPressureGoesIntoItsFlowsheetRow) {
  const auto body = [&](std::string_view component) {
    return fmt::format(
        R"({{"resourceType":"Observation","status":"final","category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}}]}}],"code":{{"coding":[{{"system":"http://loinc.org","code":"85354-9"}}],"text":"x"}},"subject":{{"reference":"Patient/{}"}},"encounter":{{"reference":"Encounter/{}"}},"effectiveDateTime":"2026-01-05T10:00:27+02:00","issued":"2026-01-05T10:00:27+02:00","component":[{}]}})",
        key(0).patient, key(0).encounter, component);
  };
  const std::string_view part =
      R"({{"code":{{"coding":[{{"system":"http://loinc.org","code":"{}"}}]}},"valueQuantity":{{"value":{}}}}})";
  const std::string systolic = fmt::format(fmt::runtime(part), "8480-6", 105);
  EXPECT_EQ(epic_code(post("/Observation", body(systolic))), "59108");
  const json::value kept =
      filed("Observation", body(systolic + "," + fmt::format(fmt::runtime(part), "8462-4", 72)));
  EXPECT_EQ(kept.string_at("effectiveDateTime"), "2026-01-05T08:00:27Z");
  EXPECT_EQ(kept.string_at("code.text"), "BP");
  EXPECT_EQ(kept.at_path("code.coding")->if_array()->size(), 7U);
  for (const std::string_view path :
       {"extension.0.valueIdentifier.value", "subject.display", "encounter.identifier.value",
        "encounter.display", "performer.0.display", "issued", "category.0.text",
        "component.1.code.coding.0.code"})
    EXPECT_NE(kept.string_at(path), "") << path;
  std::string other = body("");
  other.replace(other.find("85354-9"), 7, "12345-6");
  other.replace(other.find(R"(,"component":[])"), 15, "");
  EXPECT_EQ(epic_code(post("/Observation", other)), "59188");
}

TEST_F(StrictFiling, ANoteIsRenderedAsHtmlAndRtf) {
  const json::value kept = filed(
      "DocumentReference",
      fmt::format(
          R"({{"resourceType":"DocumentReference","status":"current","type":{{"coding":[{{"system":"http://loinc.org","code":"34117-2","display":"History and physical note"}}]}},"subject":{{"reference":"Patient/{}"}},"author":[{{"reference":"urn:uuid:d5a34dbf-4b9c-3327-94c5-36e303afb648","display":"x"}}],"content":[{{"attachment":{{"contentType":"text/plain; charset=utf-8","data":"QSA8IEI="}}}}],"context":{{"encounter":[{{"reference":"Encounter/{}"}}]}}}})",
          key(0).patient, key(0).encounter));
  EXPECT_EQ(kept.string_at("docStatus"), "final");
  EXPECT_EQ(kept.string_at("type.text"), "H&P");
  EXPECT_EQ(kept.string_at("type.coding.2.code"), "34117-2");
  for (const std::string_view path :
       {"extension.0.extension.2.valueReference.reference", "identifier.1.value", "author.0.type",
        "authenticator.extension.0.valueDateTime", "custodian.identifier.value", "securityLabel.0.text",
        "content.1.format.code", "context.extension.0.valueCodeableConcept.text",
        "context.encounter.0.display"})
    EXPECT_NE(kept.string_at(path), "") << path;
  EXPECT_EQ(kept.at_path("content.0.attachment.data"), nullptr);
  const json::value html = get_json("/" + std::string(kept.string_at("content.0.attachment.url")));
  EXPECT_EQ(html.string_at("contentType"), "text/html");
  EXPECT_NE(html.string_at("data"), "");
}

TEST_F(StrictFiling, APatientGetsEpicsIdentifiers) {
  const json::value kept = filed(
      "Patient",
      R"({"resourceType":"Patient","identifier":[{"use":"official","system":"urn:oid:2.16.840.1.113883.4.1","value":"927-80-3287"}],"name":[{"use":"official","family":"Kanter","given":["Adalberto"],"prefix":["Mr."]}],"telecom":[{"system":"phone","value":"555-513-1682","use":"home"}],"gender":"male","birthDate":"1942-07-04","address":[{"line":["496 Mahone Fort Suite 32"],"city":"Jackson","state":"TN","postalCode":"38301","country":"US"}],"active":true})");
  EXPECT_EQ(kept.at_path("identifier")->if_array()->size(), 6U);
  EXPECT_EQ(kept.at_path("extension")->if_array()->size(), 6U);
  EXPECT_EQ(kept.string_at("name.1.text"), "Mr. Adalberto Kanter");
  EXPECT_EQ(kept.string_at("name.0.prefix.0"), "MR.");
  EXPECT_EQ(kept.string_at("address.0.period.start"), "2026-01-05");
  EXPECT_EQ(kept.find("telecom"), nullptr);
  EXPECT_EQ(count("/Patient?identifier=" + std::string(kept.string_at("identifier.1.system")) + "|" +
                  std::string(kept.string_at("identifier.1.value"))),
            1U);
}

TEST_F(StrictFiling, ExtensionsInPlaceOfValuesAreLeftBehind) {
  const json::value kept = filed(
      "Patient",
      R"({"resourceType":"Patient","identifier":[{"system":"urn:oid:2.16.840.1.113883.4.1","value":"927-80-3288"}],"name":[{"given":[null,"A"],"_given":[{"id":"x"},null]}],"gender":"female","birthDate":"1942-07-04","address":[{"line":[null],"_line":[{"id":"x"}],"city":"y"}]})");
  EXPECT_EQ(kept.string_at("name.0.given.0"), "A");
  EXPECT_EQ(kept.at_path("address.0.line"), nullptr);
}

}  // namespace
}  // namespace epicenter::mock::test
