#include "mock-epic/tests/fhir_fixture.hpp"

namespace epicenter::mock::test {
namespace {

class Create : public fhir_fixture {
 protected:
  explicit Create(bool orders = true) : fhir_fixture(orders) {}

  std::string order(std::string_view identifier, std::string_view patient = {},
                    std::string_view encounter = {}) {
    return fmt::format(
        R"({{"resourceType":"ServiceRequest",)"
        R"("identifier":[{{"system":"urn:epicenter:operation","value":"{}"}}],)"
        R"("status":"active","intent":"order",)"
        R"("code":{{"coding":[{{"system":"http://loinc.org","code":"58410-2"}}]}},)"
        R"("subject":{{"reference":"Patient/{}"}},"encounter":{{"reference":"Encounter/{}"}}}})",
        identifier, patient.empty() ? key(0).patient : patient,
        encounter.empty() ? key(0).encounter : encounter);
  }
  std::string note(std::string_view extra = {}) {
    return fmt::format(
        R"({{"resourceType":"DocumentReference",)"
        R"("identifier":[{{"system":"urn:epicenter:operation","value":"n-1"}}],)"
        R"("status":"current","docStatus":"preliminary","type":{{"coding":[{{"code":"11506-3"}}]}},)"
        R"("subject":{{"reference":"Patient/{}"}},)"
        R"("content":[{{"attachment":{{"contentType":"text/plain","data":"SGk="}}}}])"
        R"({}}})",
        key(0).patient, extra);
  }
  std::string in_encounter() {
    return fmt::format(R"(,"context":{{"encounter":[{{"reference":"Encounter/{}"}}]}})", key(0).encounter);
  }
};

class StrictCreate : public Create {
 protected:
  StrictCreate() : Create(false) {}
};

TEST_F(Create, AnOrderIsFiledReadAndFoundByItsIdentifier) {
  const fhir::answer made = post("/ServiceRequest", order("op-1"));
  ASSERT_EQ(made.response.status, 201U) << made.response.body;
  ASSERT_FALSE(made.filed.empty());
  EXPECT_EQ(made.filed.at(0).identifier, "op-1");
  const std::string location = made.filed.at(0).resource;
  EXPECT_TRUE(location.starts_with("ServiceRequest/e")) << location;
  EXPECT_EQ(made.response.fields.get("Location"),
            "http://ehr.example:8080" + std::string(fhir_path) + "/" + location + "/_history/1");
  EXPECT_EQ(made.response.fields.get("ETag"), "W/\"1\"");
  EXPECT_EQ(made.response.fields.get("Last-Modified"), "Mon, 05 Jan 2026 00:00:00 GMT");
  EXPECT_EQ(get_json("/" + location).string_at("identifier.0.value"), "op-1");
  EXPECT_EQ(count("/ServiceRequest?identifier=urn:epicenter:operation|op-1"), 1U);
  EXPECT_EQ(count("/ServiceRequest?identifier=op-1,op-2&patient=" + key(0).patient), 1U);
  EXPECT_EQ(count("/ServiceRequest?identifier=urn:other|op-1"), 0U);
  EXPECT_EQ(count("/ServiceRequest?identifier=op-1&patient=" + key(1).patient), 0U);
}

TEST_F(Create, TheSameOrderAgainIsAnother) {
  const fhir::answer first = post("/ServiceRequest", order("op-1"));
  const fhir::answer second = post("/ServiceRequest", order("op-1"));
  EXPECT_NE(first.response.fields.get("Location"), second.response.fields.get("Location"));
  EXPECT_EQ(count("/ServiceRequest?identifier=op-1"), 2U);
  EXPECT_EQ(engine.store().by_identifier(fhir::type_id::service_request, "op-1").size(), 2U);
}

TEST_F(Create, RepresentationIsReturnedWhereItIsPreferred) {
  http::request r = request("POST", "/ServiceRequest", order("op-1"));
  r.fields.add("Prefer", "return=representation");
  const fhir::answer made = ask(r);
  EXPECT_EQ(made.response.status, 201U);
  EXPECT_EQ(made.response.body, get("/" + made.filed.at(0).resource).response.body);
}

TEST_F(StrictCreate, OrdersAreForbiddenWithAnEmptyBody) {
  const fhir::answer refused = post("/ServiceRequest", order("op-1"));
  EXPECT_EQ(refused.response.status, 403U);
  EXPECT_EQ(refused.response.body, "");
  EXPECT_TRUE(refused.filed.empty());
  EXPECT_EQ(post("/MedicationRequest", "{}").response.status, 405U);
  EXPECT_EQ(post("/Encounter", "{}").response.status, 405U);
  EXPECT_EQ(ask(request("PUT", "/ServiceRequest/x", "{}")).response.status, 403U);
  EXPECT_EQ(ask(request("DELETE", "/Observation/x")).response.status, 405U);
}

TEST_F(StrictCreate, NotesNeedAnEncounterOfThePatient) {
  EXPECT_EQ(post("/DocumentReference", note(in_encounter())).response.status, 201U);
  // Epic gives a note identifiers of its own (captured).
  EXPECT_EQ(count("/DocumentReference?identifier=n-1&patient=" + key(0).patient), 0U);
  EXPECT_EQ(epic_code(post("/DocumentReference", note())), "59108");
  const fhir::answer wrong = post(
      "/DocumentReference",
      note(fmt::format(R"(,"context":{{"encounter":[{{"reference":"Encounter/{}"}}]}})", key(1).encounter)));
  EXPECT_EQ(wrong.response.status, 400U);
  EXPECT_EQ(epic_code(wrong), "59144");
  EXPECT_TRUE(wrong.filed.empty());
}

TEST_F(Create, RefusalsNameTheElementAndFileNothing) {
  struct row {
    std::string type, body, code;
  };
  const std::string good = order("op-9");
  const auto without = [&](std::string_view key) {
    json::value body = *json::parse(good);
    body.if_object()->erase(key);
    return json::write(body);
  };
  const auto with = [&](std::string key, json::value v) {
    json::value body = *json::parse(good);
    body.if_object()->set(std::move(key), std::move(v));
    return json::write(body);
  };
  for (const row& one : std::vector<row>{{"ServiceRequest", "{", "59105"},
                                         {"ServiceRequest", "[]", "59105"},
                                         {"ServiceRequest", with("resourceType", "Task"), "59105"},
                                         {"ServiceRequest", without("status"), "59108"},
                                         {"ServiceRequest", without("intent"), "59108"},
                                         {"ServiceRequest", without("code"), "59108"},
                                         {"ServiceRequest", without("subject"), "59108"},
                                         {"ServiceRequest", with("status", "complete"), "59111"},
                                         {"ServiceRequest", with("code", json::object{}), "59108"},
                                         {"ServiceRequest", order("op-9", "nobody"), "59144"},
                                         {"ServiceRequest", order("op-9", {}, "nowhere"), "59144"},
                                         {"ServiceRequest", order("op-9", {}, key(1).encounter), "59144"}}) {
    const fhir::answer got = post("/" + one.type, one.body);
    EXPECT_EQ(got.response.status, 400U) << one.body;
    EXPECT_EQ(epic_code(got), one.code) << one.body;
    EXPECT_TRUE(got.filed.empty());
    EXPECT_NE(got.rule, "");
  }
  EXPECT_EQ(engine.store().by_identifier(fhir::type_id::service_request, "op-9").size(), 0U);
  http::request other = request("POST", "/ServiceRequest", good);
  other.fields.set("Content-Type", "text/plain");
  EXPECT_EQ(ask(other).response.status, 415U);
}

TEST_F(StrictCreate, ProblemsWaitToBeReconciledAndAreChangedAsCaptured) {
  const std::string body = fmt::format(
      R"({{"resourceType":"Condition","clinicalStatus":{{"coding":[{{"code":"active"}}]}},)"
      R"("verificationStatus":{{"coding":[{{"code":"provisional"}}]}},)"
      R"("category":[{{"coding":[{{"code":"encounter-diagnosis"}}]}}],"code":{{"text":"Eye pain"}},)"
      R"("subject":{{"reference":"Patient/{}"}},"onsetDateTime":"1966-04-09"}})",
      key(0).patient);
  const std::size_t before = count("/Condition?patient=" + key(0).patient);
  const fhir::answer made = post("/Condition", body);
  ASSERT_EQ(made.response.status, 201U) << made.response.body;
  EXPECT_EQ(count("/Condition?patient=" + key(0).patient), before);
  const json::value kept = get_json("/" + made.filed.at(0).resource);
  EXPECT_EQ(kept.string_at("category.0.coding.0.code"), "problem-list-item");
  EXPECT_EQ(kept.find("onsetDateTime"), nullptr);
  std::string confirmed = body;
  confirmed.replace(confirmed.find("provisional"), 11, "confirmed");
  const fhir::answer refused = post("/Condition", confirmed);
  EXPECT_EQ(refused.response.status, 422U);
  EXPECT_EQ(epic_code(refused), "59012");
}

TEST_F(StrictCreate, TheSameVitalSignTwiceIsRefused) {
  const std::string body =
      fmt::format(R"({{"resourceType":"Observation","status":"final",)"
                  R"("category":[{{"coding":[{{"code":"vital-signs"}}]}}],)"
                  R"("code":{{"coding":[{{"system":"http://loinc.org","code":"8867-4"}}]}},)"
                  R"("effectiveDateTime":"2026-01-05T10:00:00Z",)"
                  R"("subject":{{"reference":"Patient/{}"}},"valueQuantity":{{"value":72}}}})",
                  key(0).patient);
  EXPECT_EQ(post("/Observation", body).response.status, 201U);
  const fhir::answer again = post("/Observation", body);
  EXPECT_EQ(again.response.status, 400U);
  EXPECT_EQ(epic_code(again), "59189");
}

TEST_F(StrictCreate, PatientsAreMatchedBySocialSecurityNumber) {
  const std::string body =
      R"({"resourceType":"Patient",)"
      R"("identifier":[{"system":"urn:oid:2.16.840.1.113883.4.1","value":"999-00-1111"}],)"
      R"("name":[{"family":"New"}],"gender":"female","birthDate":"1990-02-03"})";
  const fhir::answer first = post("/Patient", body);
  ASSERT_EQ(first.response.status, 201U) << first.response.body;
  const fhir::answer second = post("/Patient", body);
  EXPECT_EQ(second.response.fields.get("Location"), first.response.fields.get("Location"));
  EXPECT_TRUE(second.filed.empty());
  const std::string id(first.response.fields.get("Location").substr(8));
  EXPECT_EQ(count("/Condition?patient=" + id), 0U);
  EXPECT_EQ(epic_code(post("/Patient", R"({"resourceType":"Patient","name":[{"family":"x"}],"gender":"male",)"
                                       R"("birthDate":"1990-01-01"})")),
            "59108");
}

TEST_F(Create, DecimalsKeepTheirDigits) {
  std::string body = order("op-d");
  body.insert(body.size() - 1, R"(,"quantityQuantity":{"value":120.50})");
  const fhir::answer made = post("/ServiceRequest", body);
  ASSERT_FALSE(made.filed.empty());
  EXPECT_NE(get("/" + made.filed.at(0).resource).response.body.find(R"("value":120.50)"), std::string::npos);
}

}  // namespace
}  // namespace epicenter::mock::test
