// Levers on the FHIR API: before, while they last, and after.
#include "mock-epic/tests/lever_fixture.hpp"

namespace epicenter::mock::test {
namespace {

class EpicLevers : public lever_fixture {
 protected:
  explicit EpicLevers(profile p = profile::orders) : lever_fixture(true, p) {}
  std::string labs(std::size_t of = 0) { return "/Observation?category=laboratory&patient=" + patient(of); }
  std::string allergy(std::string_view code) {
    return fmt::format(
        R"({{"resourceType":"AllergyIntolerance","clinicalStatus":{{"coding":[{{"system":)"
        R"("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical","code":"active"}}]}},)"
        R"("code":{{"coding":[{{"code":"{}"}}]}},"patient":{{"reference":"Patient/{}"}}}})",
        code, patient());
  }
  std::string weight() {
    return fmt::format(
        R"({{"resourceType":"Observation","status":"final","category":[{{"coding":[{{"system":)"
        R"("http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}}]}}],)"
        R"("code":{{"coding":[{{"system":"http://loinc.org","code":"29463-7"}}]}},"subject":)"
        R"({{"reference":"Patient/{}"}},"effectiveDateTime":"2026-01-05T10:00:00Z",)"
        R"("valueQuantity":{{"value":72,"unit":"kg"}}}})",
        patient());
  }
};

/// What Epic refuses by itself, it refuses in profile strict.
class StrictLevers : public EpicLevers {
 protected:
  StrictLevers() : EpicLevers(profile::strict) {}
};

TEST_F(EpicLevers, MaintenanceIsAPageOfHtmlForEverything) {
  pull("maintenance", R"({"retry_after":"1500ms"})", 10s);
  for (const std::string_view path : {"/Patient/x", "/metadata", "/no-such-thing"}) {
    const fhir::answer down = get(path);
    EXPECT_EQ(down.response.status, 503U);
    EXPECT_EQ(down.response.fields.get("Content-Type"), "text/html; charset=us-ascii");
    EXPECT_EQ(down.response.fields.get("Retry-After"), "2");
    EXPECT_TRUE(down.response.body.starts_with("<!DOCTYPE HTML PUBLIC"));
  }
  EXPECT_EQ(ask_token().response.status, 503U);
  EXPECT_EQ(counters("maintenance").injected, 4U);
  pass(10s);
  EXPECT_EQ(get("/Patient/" + patient()).response.status, 200U);
  EXPECT_EQ(ask_token().response.status, 200U);
}

TEST_F(EpicLevers, PagesAreShortAndTheirLinksExpire) {
  const auto next_of = [](const fhir::answer& page) {
    const auto body = json::parse(page.response.body);
    for (const json::value& link : *body->find("link")->if_array()) {
      const std::string_view url = link.string_at("url");
      if (link.string_at("relation") == "next") return std::string(url.substr(url.find("/R4") + 3));
    }
    return std::string();
  };
  const std::size_t all = ids_in(get(labs())).size();
  ASSERT_GT(all, 3U);
  pull("page_expiry", R"({"page_size":2})", 10s);
  const fhir::answer first = get(labs());
  EXPECT_EQ(ids_in(first).size(), 2U);
  const std::string next = next_of(first);
  ASSERT_FALSE(next.empty());
  const fhir::answer expired = get(next);
  EXPECT_EQ(expired.response.status, 410U);
  EXPECT_EQ(code_of(expired), "4113");
  EXPECT_EQ(expired.rule, "page_expiry/page_expiry");
  EXPECT_EQ(counters("page_expiry").touched, 1U) << "first pages have no session";
  pass(10s);
  EXPECT_EQ(ids_in(get(next)).size(), 2U) << "the session itself is alive";
  EXPECT_EQ(ids_in(get(labs())).size(), all);
}

TEST_F(EpicLevers, SuppressedResultsAreLeftOutAndTheOutcomeTellsSo) {
  const auto before = ids_in(get(labs()));
  pull("suppressed", R"({"of_results":"50%"})", 10s);
  const fhir::answer partial = get(labs());
  const auto left = ids_in(partial);
  EXPECT_LT(left.size(), before.size());
  EXPECT_EQ(ids_in(get(labs())), left) << "the same ones are left out each time";
  const auto body = json::parse(partial.response.body);
  const json::value& last = body->find("entry")->if_array()->back();
  EXPECT_EQ(last.string_at("search.mode"), "outcome");
  EXPECT_EQ(last.string_at("resource.issue.0.severity"), "warning");
  EXPECT_EQ(last.string_at("resource.issue.0.code"), "suppressed");
  EXPECT_EQ(last.string_at("resource.issue.0.details.coding.0.code"), "59204");
  EXPECT_EQ(
      last.string_at("resource.issue.0.diagnostics"),
      "Client not authorized for Observation - Outside Record Results. Search results of this type have "
      "not been included.");
  EXPECT_EQ(counters("suppressed").details.find("results_left_out")->to_int64(),
            static_cast<std::int64_t>(2 * (before.size() - left.size())));
  pass(10s);
  EXPECT_EQ(ids_in(get(labs())), before);

  pull("suppressed", R"({"category":"laboratory","who":"user","sub_type":"Labs"})");
  const fhir::answer none = get(labs());
  EXPECT_TRUE(ids_in(none).empty());
  EXPECT_NE(none.response.body.find("59205"), std::string::npos);
}

TEST_F(EpicLevers, ResultsComeInAnotherOrderAndAreTheSame) {
  auto before = ids_in(get(labs()));
  pull("reordered_results", "{}", 10s);
  auto shuffled = ids_in(get(labs()));
  EXPECT_NE(shuffled, before);
  std::sort(shuffled.begin(), shuffled.end());
  auto sorted = before;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(shuffled, sorted);
  get("/Patient?_id=" + patient());
  EXPECT_EQ(counters("reordered_results").touched, 1U) << "one result has no order";
  pass(10s);
  EXPECT_EQ(ids_in(get(labs())), before);
}

TEST_F(EpicLevers, ABusinessRuleRefusesWithItsCodeAndText) {
  pull("business_rule", R"({"code":"59159","text":"The encounter is closed."})", 10s);
  const fhir::answer no = post("/ServiceRequest", order("a"));
  EXPECT_EQ(no.response.status, 400U);
  EXPECT_EQ(code_of(no), "59159");
  const auto body = json::parse(no.response.body);
  EXPECT_EQ(body->string_at("issue.0.severity"), "fatal");
  EXPECT_EQ(body->string_at("issue.0.code"), "business-rule");
  EXPECT_EQ(body->string_at("issue.0.diagnostics"), "The encounter is closed.");
  EXPECT_TRUE(no.filed.empty());
  EXPECT_EQ(get(labs()).response.status, 200U);
  pass(10s);
  EXPECT_EQ(post("/ServiceRequest", order("a")).response.status, 201U);

  pull("business_rule", R"({"of":"reads","code":"777","text":"Not today.","status":422})");
  const fhir::answer own = get("/Patient/" + patient());
  EXPECT_EQ(own.response.status, 422U);
  EXPECT_EQ(json::parse(own.response.body)->string_at("issue.0.details.text"), "Not today.");
  EXPECT_EQ(post("/ServiceRequest", order("b")).response.status, 201U);
  ASSERT_TRUE(board.remove("business_rule"));
  EXPECT_NE(refused("business_rule", R"({"code":"x"})").find("code: write 1 to 9 digits"), std::string::npos);
  EXPECT_NE(refused("business_rule", R"({"status":500})").find("from 400 to 499"), std::string::npos);
}

TEST_F(EpicLevers, ARestrictedChartIsRefusedWhereverItIsAskedFor) {
  pull("break_the_glass", fmt::format(R"({{"patient":"{}"}})", patient(1)), 10s);
  const fhir::answer read = get("/Patient/" + patient(1));
  EXPECT_EQ(read.response.status, 403U);
  EXPECT_EQ(code_of(read), "4131");
  const fhir::answer search = get(labs(1));
  EXPECT_EQ(search.response.status, 403U);
  EXPECT_EQ(code_of(search), "4130");
  EXPECT_EQ(code_of(post("/ServiceRequest", order("a", 1))), "4130");
  const std::string visit = site.store().hospital().key(1).encounter;
  EXPECT_EQ(code_of(get("/Encounter/" + visit)), "4130") << "known by whose record it is";
  EXPECT_EQ(get(labs(0)).response.status, 200U);
  EXPECT_EQ(counters("break_the_glass").touched, 4U);
  pass(10s);
  EXPECT_EQ(get("/Patient/" + patient(1)).response.status, 200U);
}

TEST_F(EpicLevers, AMergedPatientLeadsToTheSurvivor) {
  pull("patient_merged", fmt::format(R"({{"patient":"{}","into":"{}"}})", patient(1), patient(2)), 10s);
  const fhir::answer read = get("/Patient/" + patient(1));
  EXPECT_EQ(read.response.status, 301U);
  EXPECT_EQ(code_of(read), "4107");
  EXPECT_EQ(read.response.fields.get("Location"),
            "http://ehr.example" + std::string(fhir_path) + "/Patient/" + patient(2));
  EXPECT_EQ(get(labs(1)).response.fields.get("Location"),
            "http://ehr.example" + std::string(fhir_path) + labs(2));
  const fhir::answer write = post("/ServiceRequest", order("a", 1));
  EXPECT_EQ(write.response.status, 400U);
  EXPECT_EQ(code_of(write), "4107");
  EXPECT_FALSE(write.response.fields.contains("Location"));
  EXPECT_EQ(get(labs(2)).response.status, 200U);
  pass(10s);
  EXPECT_EQ(get(labs(1)).response.status, 200U);

  pull("patient_merged", R"({"of_patients":"50%"})");
  std::size_t merged = 0;
  for (std::size_t i = 0; i < 12; ++i) {
    const fhir::answer one = get("/Patient/" + patient(i));
    if (one.response.status == 200) continue;
    ++merged;
    const std::string where(one.response.fields.get("Location"));
    EXPECT_EQ(get(where.substr(where.find("/Patient/"))).response.status, 200U) << "a survivor survives";
  }
  EXPECT_GT(merged, 0U);
  EXPECT_LT(merged, 12U);
  ASSERT_TRUE(board.remove("patient_merged"));
  for (const std::string_view bad : {R"({"patient":"x"})", R"({"patient":"x","into":"y"})", R"({"into":"y"})",
                                     R"({"patient":"x","into":"x"})"})
    EXPECT_NE(refused("patient_merged", bad), "") << bad;
}

TEST_F(EpicLevers, AfterTheDaysDocumentsEpicSaysTomorrow) {
  pull("daily_cap", R"({"limit":2})", 10s);
  const std::string notes = "/DocumentReference?category=clinical-note&patient=" + patient();
  EXPECT_EQ(get(notes).response.status, 200U);
  EXPECT_EQ(get(notes).response.status, 200U);
  const fhir::answer no = get(notes);
  EXPECT_EQ(no.response.status, 400U);
  EXPECT_EQ(code_of(no), "4135");
  EXPECT_EQ(get(labs()).response.status, 200U);
  EXPECT_EQ(counters("daily_cap").touched, 3U);
  EXPECT_EQ(counters("daily_cap").injected, 1U);
  pass(10s);
  EXPECT_EQ(get(notes).response.status, 200U);
}

TEST_F(EpicLevers, DuplicatesAreRefusedOnlyUnderTheCheck) {
  EXPECT_EQ(post("/ServiceRequest", order("a")).response.status, 201U);
  EXPECT_EQ(post("/ServiceRequest", order("a")).response.status, 201U) << "a plain repeat is filed twice";
  pull("duplicate_check", "{}", 10s);
  const fhir::answer no = post("/ServiceRequest", order("a"));
  EXPECT_EQ(no.response.status, 409U);
  EXPECT_EQ(code_of(no), "59141");
  EXPECT_EQ(no.rule, "duplicate_check/duplicate_check");
  EXPECT_EQ(json::parse(no.response.body)->string_at("issue.0.code"), "duplicate");
  EXPECT_EQ(post("/ServiceRequest", order("b")).response.status, 201U);
  EXPECT_EQ(post("/AllergyIntolerance", allergy("70618")).response.status, 201U);
  EXPECT_EQ(post("/AllergyIntolerance", allergy("70618")).response.status, 409U);
  EXPECT_EQ(counters("duplicate_check").touched, 5U - 1U);
  EXPECT_EQ(counters("duplicate_check").details.find("duplicates_refused")->to_int64(), 2);
  pass(10s);
  EXPECT_EQ(post("/ServiceRequest", order("a")).response.status, 201U);
}

TEST_F(StrictLevers, AReplayIsFiledTwiceEvenWhereEpicWouldRefuseIt) {
  EXPECT_EQ(post("/Observation", weight()).response.status, 201U);
  EXPECT_EQ(code_of(post("/Observation", weight())), "59189");
  pull("duplicate_check");
  pull("duplicate_on_replay", "{}", 10s);
  EXPECT_EQ(post("/Observation", weight()).response.status, 201U);
  EXPECT_EQ(counters("duplicate_on_replay").details.find("replays_filed")->to_int64(), 1);
  pass(10s);
  EXPECT_EQ(code_of(post("/Observation", weight())), "59141");
  EXPECT_TRUE(board.remove("duplicate_check"));
  EXPECT_EQ(code_of(post("/Observation", weight())), "59189");
}

TEST_F(EpicLevers, WhatWaitsInTheTankIsReadableAndFoundWhenReconciled) {
  pull("holding_tank", "{}", 10s);
  const fhir::answer made = post("/ServiceRequest", order("held"));
  ASSERT_EQ(made.response.status, 201U);
  std::string where(made.response.fields.get("Location"));
  where = where.substr(where.find("/ServiceRequest"));
  where.resize(where.find("/_history"));
  const std::string search = "/ServiceRequest?patient=" + patient() + "&identifier=held";
  EXPECT_EQ(made.rule, "holding_tank/holding_tank");
  EXPECT_EQ(get(where).response.status, 200U);
  EXPECT_EQ(get(where).rule, "");
  EXPECT_TRUE(ids_in(get(search)).empty());
  EXPECT_EQ(counters("holding_tank").details.find("waiting")->to_int64(), 1);
  ASSERT_EQ(post("/AllergyIntolerance", allergy("1")).response.status, 201U);
  const auto known = ids_in(get("/AllergyIntolerance?patient=" + patient()));
  pass(10s);
  EXPECT_EQ(ids_in(get(search)).size(), 1U);
  EXPECT_EQ(ids_in(get("/AllergyIntolerance?patient=" + patient())), known)
      << "what Epic itself holds back stays held";
}

TEST_F(EpicLevers, AConflictRefusesWhatDependsOnAVersion) {
  pull("etag_conflict", R"({"of":"writes"})", 10s);
  const fhir::answer no = post("/ServiceRequest", order("a"));
  EXPECT_EQ(no.response.status, 409U);
  EXPECT_TRUE(no.filed.empty());
  const fhir::resource_ptr chart = site.store().find(fhir::type_id::patient, patient());
  const http::request update = request("PUT", "/Patient/" + patient(), "{}");
  const fhir::route asked = fhir::find_route("PUT", "/Patient/" + patient());
  const fhir::call c{update, asked, "http://ehr.example", {rt.now(), rt.wall()}};
  EXPECT_TRUE(board.active()->changed_meanwhile(c, *chart));
  ASSERT_TRUE(board.remove("etag_conflict"));
  pull("etag_conflict", "{}", 10s);
  EXPECT_EQ(post("/ServiceRequest", order("a")).response.status, 201U) << "a create names no version";
  EXPECT_TRUE(board.active()->changed_meanwhile(c, *chart));
  pass(10s);
  EXPECT_EQ(board.active(), nullptr);
}

TEST_F(EpicLevers, ARecordChangesBehindTheClientsBack) {
  pull("mutate", fmt::format(R"({{"record":"{}","element":"name.0.family","value":"Changed"}})", patient()),
       10s);
  const fhir::resource_ptr now = site.store().find(fhir::type_id::patient, patient());
  EXPECT_EQ(now->version(), 2U);
  EXPECT_EQ(json::parse(get("/Patient/" + patient()).response.body)->string_at("name.0.family"), "Changed");
  pass(10s);
  EXPECT_EQ(site.store().find(fhir::type_id::patient, patient())->version(), 2U) << "it stays";
  lever_spec labs_of = spec("mutate", fmt::format(R"({{"resource":"Observation","patient":"{}","element":)"
                                                  R"("valueQuantity.value","value":"json:99.50"}})",
                                                  patient(2)));
  pull(std::move(labs_of));
  bool found = false;
  for (const fhir::resource_ptr& one : site.store().of_patient(fhir::type_id::observation, patient(2)))
    found = found || (one->version() == 2 && one->text().find("99.50") != std::string::npos);
  EXPECT_TRUE(found);
  for (const std::string_view bad :
       {R"({"element":"a","value":"b","resource":"Nothing"})", R"({"element":"id","value":"b"})",
        R"({"element":"name.99.family","value":"b"})", R"({"element":"birthDate.x","value":"b"})",
        R"({"element":"a..b","value":"b"})", R"({"element":"a","value":"json:{"})",
        R"({"element":"a","value":"b","record":"x"})", R"({"element":"a"})"}) {
    lever_spec wrong = spec("mutate", bad);
    wrong.id = "wrong";
    EXPECT_NE(refused(std::move(wrong)), "") << bad;
  }
}

}  // namespace
}  // namespace epicenter::mock::test
