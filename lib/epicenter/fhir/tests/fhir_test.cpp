#include <gtest/gtest.h>

#include <epicenter/fhir/request.hpp>
#include <epicenter/fhir/response.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace epicenter::fhir {
namespace {

const request_builder epic("/interconnect-fhir-oauth/api/FHIR/R4/");

http::response answer(unsigned status, std::string type, std::string body) {
  http::response made;
  made.status = status;
  if (!type.empty()) made.fields.add("Content-Type", std::move(type));
  made.body = std::move(body);
  return made;
}

http::response fhir_answer(unsigned status, std::string body) {
  return answer(status, "application/fhir+json; charset=utf-8", std::move(body));
}

std::string issue_text(std::string_view severity, std::string_view code, std::string_view epic_code,
                       std::string_view site = "1.2.840.114350.1.13.0.1") {
  return R"({"severity":")" + std::string(severity) + R"(","code":")" + std::string(code) +
         R"(","details":{"coding":[{"system":"urn:oid:)" + std::string(site) + R"(.7.2.657369","code":")" +
         std::string(epic_code) + R"("}],"text":"LOPEZ, CAMILA"},"diagnostics":"LOPEZ, CAMILA"})";
}

std::string outcome_text(std::initializer_list<std::string> issues) {
  std::string text = R"({"resourceType":"OperationOutcome","issue":[)";
  for (const auto& one : issues) text += (text.back() == '[' ? "" : ",") + one;
  return text + "]}";
}

failure failure_of(const http::response& from) {
  const auto meant = interpret(from);
  const auto* const found = std::get_if<failure>(&meant);
  EXPECT_NE(found, nullptr);
  return found == nullptr ? failure{} : *found;
}

TEST(fhir_request, asks_for_fhir_json_and_encodes_everything) {
  const auto read = epic.read("Patient", "eD.LxhDyX35TntF77l7etUA3");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->method, "GET");
  EXPECT_EQ(read->target, "/interconnect-fhir-oauth/api/FHIR/R4/Patient/eD.LxhDyX35TntF77l7etUA3");
  EXPECT_EQ(read->fields.get("accept"), "application/fhir+json");
  const auto search =
      epic.search("Condition", {{"patient", "a&b=c"}, {"category", "http://x|p q"}, {"category", "é+"}});
  EXPECT_EQ(search->target,
            "/interconnect-fhir-oauth/api/FHIR/R4/Condition?patient=a%26b%3Dc&category=http%3A%2F%2Fx%7Cp%20q"
            "&category=%C3%A9%2B");
  const json::value note =
      json::object{{"resourceType", "DocumentReference"}, {"size", json::number{"1.00"}}};
  const auto create = epic.create(note, true);
  EXPECT_EQ(create->method, "POST");
  EXPECT_EQ(create->target, "/interconnect-fhir-oauth/api/FHIR/R4/DocumentReference");
  EXPECT_EQ(create->body, R"({"resourceType":"DocumentReference","size":1.00})");
  EXPECT_EQ(create->fields.get("Content-Type"), "application/fhir+json");
  EXPECT_EQ(create->fields.get("Prefer"), "return=representation");
  EXPECT_FALSE(epic.create(note)->fields.contains("Prefer"));
  EXPECT_EQ(epic.metadata().target, "/interconnect-fhir-oauth/api/FHIR/R4/metadata");
}

TEST(fhir_request, refuses_what_would_leave_its_path_and_never_quotes_it) {
  for (const char* id : {"", "..", "a/b", "a?b", "a b", "a\r\nX: y", "%2e"}) {
    const auto made = epic.read("Patient", id);
    ASSERT_FALSE(made.has_value()) << id;
    EXPECT_EQ(made.error().code(), make_error_code(errc::invalid_input));
    EXPECT_EQ(made.error().detail(), "not a resource id");
  }
  EXPECT_FALSE(epic.read("patient", "a").has_value());
  EXPECT_FALSE(epic.search("Patient/x", {}).has_value());
  EXPECT_FALSE(epic.create(json::object{{"id", "x"}}).has_value());
}

TEST(fhir_request, follows_a_next_link_verbatim_but_only_home) {
  const auto home = *http::parse_url("https://fhir.epic.com/");
  const std::string path = "/interconnect-fhir-oauth/api/FHIR/R4/Observation?sessionID=17-677B%3A4277";
  EXPECT_EQ(epic.next_page("https://fhir.epic.com" + path, home.where)->target, path);
  EXPECT_EQ(epic.next_page(path, home.where)->target, path);
  EXPECT_FALSE(epic.next_page("https://evil.example" + path, home.where).has_value());
  EXPECT_FALSE(epic.next_page("http://fhir.epic.com" + path, home.where).has_value());
  EXPECT_FALSE(epic.next_page("//evil.example/x", home.where).has_value());
  EXPECT_FALSE(epic.next_page("", home.where).has_value());
}

TEST(fhir_reference, reads_every_form_of_location) {
  const reference plain{"Observation", "e.x-1", ""};
  const reference versioned{"Observation", "e.x-1", "2"};
  EXPECT_EQ(parse_reference("Observation/e.x-1"), plain);
  EXPECT_EQ(parse_reference("/api/FHIR/R4/Observation/e.x-1"), plain);
  EXPECT_EQ(parse_reference("https://h:8443/api/FHIR/R4/Observation/e.x-1?x=y#z"), plain);
  EXPECT_EQ(parse_reference("Observation/e.x-1/_history/2"), versioned);
  EXPECT_EQ(parse_reference("https://h/R4/Observation/e.x-1/_history/2"), versioned);
  for (const char* none : {"", "Observation", "Observation/", "/x/", "urn:uuid:21aa4acc", "obs/1",
                           "_history/1", "Observation/a b", "Observation/x/_history/", "#contained"})
    EXPECT_EQ(parse_reference(none), std::nullopt) << none;
  const json::value note = *json::parse(
      R"({"subject":{"reference":"Patient/p1"},"context":{"encounter":[{"reference":"Encounter/e1"}]},
          "identifier":[{"system":"a","value":"1"},{"system":"b","value":"2"}],
          "code":{"coding":[{"system":"s","code":"c"}]}})");
  EXPECT_EQ(reference_at(note, "context.encounter.0")->to_string(), "Encounter/e1");
  EXPECT_EQ(reference_at(note, "performer"), std::nullopt);
  EXPECT_EQ(identifier_of(note, "b"), "2");
  EXPECT_EQ(identifier_of(note, "c"), "");
  EXPECT_TRUE(has_coding(note, "code", "s", "c"));
  EXPECT_FALSE(has_coding(note, "code", "s", "d"));
}

TEST(fhir_outcome, decides_by_the_worst_issue_wherever_it_stands) {
  const auto told =
      failure_of(fhir_answer(400, outcome_text({issue_text("information", "invalid", "59100"),
                                                issue_text("fatal", "business-rule", "59159")})));
  EXPECT_EQ(told.why, errc::rejected);
  EXPECT_EQ(told.outcome.worst(), severity::fatal);
  EXPECT_EQ(told.outcome.decisive()->epic_code, "59159");
  EXPECT_EQ(told.to_error().detail(), "status 400, body JSON, fatal business-rule 59159");
}

struct decision {
  unsigned status;
  const char *severity, *code, *epic_code;
  errc why;
};

TEST(fhir_outcome, decides_on_status_severity_and_code) {
  for (const decision& d : std::initializer_list<decision>{
           {404, "fatal", "not-found", "59008", errc::not_found},
           {400, "fatal", "not-found", "", errc::not_found},
           {400, "information", "not-found", "59008", errc::rejected},
           {400, "fatal", "processing", "4113", errc::session_expired},
           {400, "fatal", "duplicate", "59141", errc::duplicate},
           {400, "fatal", "business-rule", "59189", errc::duplicate},
           {422, "fatal", "value", "59012", errc::rejected},
           {403, "fatal", "processing", "4118", errc::forbidden},
           {403, "fatal", "not-found", "", errc::forbidden},
           {403, "fatal", "security", "4130", errc::restricted},
           {302, "fatal", "processing", "4107", errc::merged},
           {400, "fatal", "throttled", "4135", errc::quota_exceeded},
           {401, "fatal", "login", "4118", errc::unauthorized},
           {500, "fatal", "not-found", "59008", errc::unavailable},
           {200, "fatal", "transient", "", errc::unavailable},
           {200, "error", "throttled", "", errc::throttled},
           {200, "fatal", "business-rule", "59159", errc::rejected},
           {410, "warning", "deleted", "", errc::gone},
           {412, "error", "processing", "", errc::conflict},
       })
    EXPECT_EQ(
        failure_of(fhir_answer(d.status, outcome_text({issue_text(d.severity, d.code, d.epic_code)}))).why,
        d.why)
        << d.status << ' ' << d.severity << ' ' << d.code << ' ' << d.epic_code;
}

TEST(fhir_outcome, knows_epic_codes_at_every_site_and_only_those) {
  const auto codes_at = [](std::string_view site) {
    return failure_of(fhir_answer(400, outcome_text({issue_text("fatal", "processing", "4113", site)}))).why;
  };
  EXPECT_EQ(codes_at("1.2.840.114350.1.13.5325.1"), errc::session_expired);
  EXPECT_EQ(codes_at("1.2.840.114350.1.13.0.1.7.2.657369.9"), errc::session_expired);
  auto other = outcome_text({issue_text("fatal", "processing", "4113")});
  other.replace(other.find("657369"), 6, "657368");
  EXPECT_EQ(failure_of(fhir_answer(400, other)).why, errc::rejected);
}

TEST(fhir_outcome, errors_hold_nothing_of_the_content) {
  const auto leaky = outcome_text({issue_text("fatal", "Lopez, Camila", "Lopez")});
  const std::string message = failure_of(fhir_answer(400, leaky)).to_error().message();
  EXPECT_EQ(message.find("LOPEZ"), std::string::npos);
  EXPECT_EQ(message.find("Lopez"), std::string::npos);
}

TEST(fhir_response, recognises_what_is_not_fhir) {
  const auto form = [](const http::response& r) { return failure_of(r).form; };
  const std::string iis = "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\"><HTML></HTML>";
  EXPECT_EQ(failure_of(answer(503, "text/html", iis)).why, errc::unavailable);
  EXPECT_EQ(form(answer(503, "text/html", iis)), body_form::html);
  EXPECT_EQ(failure_of(answer(404, "text/html", iis)).why, errc::not_fhir);  // no patient is missing here
  EXPECT_EQ(failure_of(fhir_answer(200, iis)).why, errc::not_fhir);
  EXPECT_EQ(form(fhir_answer(200, "\r\n <html><body>")), body_form::html);
  EXPECT_EQ(form(answer(200, "application/fhir+xml", "<Patient xmlns=\"http://hl7.org/fhir\"/>")),
            body_form::xml);
  EXPECT_EQ(form(fhir_answer(200, R"({"resourceType":"Pat)")), body_form::truncated_json);
  EXPECT_EQ(form(fhir_answer(200, R"({"resourceType":"Patient"}{"resourceType":"Patient"})")),
            body_form::malformed_json);
  EXPECT_EQ(form(fhir_answer(200, "{\"resourceType\":\"Pat\xff\"}")), body_form::invalid_utf8);
  EXPECT_EQ(form(fhir_answer(200, std::string(100, '[') + std::string(100, ']'))), body_form::oversized_json);
  EXPECT_EQ(form(answer(502, "text/plain", "upstream request timeout")), body_form::text);
  EXPECT_EQ(failure_of(fhir_answer(200, "")).why, errc::not_fhir);
  EXPECT_EQ(failure_of(fhir_answer(200, R"({"name":"x"})")).why, errc::not_fhir);
  EXPECT_EQ(failure_of(fhir_answer(200, "[]")).why, errc::not_fhir);
  const auto denied = failure_of(answer(401, "application/json; charset=utf-8", "\"\""));
  EXPECT_EQ(denied.why, errc::unauthorized);
  EXPECT_EQ(denied.form, body_form::empty);
  EXPECT_EQ(failure_of(answer(403, "", "")).why, errc::forbidden);
  EXPECT_EQ(failure_of(answer(408, "text/html", iis)).why, errc::unavailable);
  EXPECT_EQ(failure_of(answer(405, "", "")).why, errc::unsupported);
  EXPECT_EQ(failure_of(answer(301, "", "")).why, errc::not_fhir);
}

TEST(fhir_response, a_created_resource_is_found_by_location_or_body) {
  const auto made = [](std::string location, std::string body) {
    auto from = fhir_answer(201, std::move(body));
    if (!location.empty()) from.fields.add("Location", std::move(location));
    return std::get<created>(interpret(from));
  };
  EXPECT_EQ(made("DocumentReference/d1", "").where->id, "d1");
  EXPECT_TRUE(made("DocumentReference/d1", "").content.is_null());
  EXPECT_EQ(made("https://h/R4/DocumentReference/d1/_history/3", "").where->version, "3");
  EXPECT_EQ(made("", R"({"resourceType":"Observation","id":"o1"})").where->to_string(), "Observation/o1");
  EXPECT_EQ(made("DocumentReference/d1", "{\"resour").where->id, "d1");  // a torn body changes nothing
  EXPECT_EQ(made("", "").where, std::nullopt);
  EXPECT_EQ(made("", outcome_text({issue_text("information", "informational", "")})).where, std::nullopt);
}

TEST(fhir_bundle, keeps_outcomes_out_and_the_next_link_as_it_came) {
  const std::string text = R"({"resourceType":"Bundle","total":2,"link":[
    {"relation":"next","url":"https://h/R4/Observation?sessionID=17-%7C"},
    {"relation":"self","url":"x"}],"entry":[
    {"resource":{"resourceType":"Observation","id":"o1","valueQuantity":{"value":120.50}},
     "search":{"mode":"match"}},
    {"resource":{"resourceType":"Provenance","id":"p"},"search":{"mode":"include"}},
    {"resource":)" + outcome_text({issue_text("warning", "processing", "4101")}) +
                           R"(,"search":{"mode":"outcome"}},{"fullUrl":"urn:x"}]})";
  const auto page = std::get<bundle>(interpret(fhir_answer(200, text)));
  ASSERT_EQ(page.matches.size(), 1U);
  EXPECT_EQ(json::write(*page.matches[0].at_path("valueQuantity.value")), "120.50");
  EXPECT_EQ(page.included.size(), 1U);
  EXPECT_EQ(page.total, 2);
  EXPECT_EQ(page.next, "https://h/R4/Observation?sessionID=17-%7C");
  EXPECT_EQ(page.complete, completeness::full);
  EXPECT_TRUE(page.outcome.has_epic_code("4101"));
}

TEST(fhir_bundle, says_when_results_are_missing_and_why) {
  const auto missing = [](const std::string& one) {
    const auto page = std::get<bundle>(interpret(
        fhir_answer(200, R"({"resourceType":"Bundle","entry":[{"resource":)" + outcome_text({one}) + "}]}")));
    EXPECT_EQ(page.complete, page.missing.verdict());
    EXPECT_TRUE(page.matches.empty());
    return page.missing.to_string();
  };
  EXPECT_EQ(missing(issue_text("warning", "suppressed", "59204")), "client_not_authorized");
  EXPECT_EQ(missing(issue_text("warning", "suppressed", "59205")), "user_not_authorized");
  EXPECT_EQ(missing(issue_text("warning", "processing", "4119")), "more_may_exist");
  EXPECT_EQ(missing(issue_text("information", "processing", "59133")), "more_may_exist");
  EXPECT_EQ(missing(issue_text("information", "informational", "4134")), "restricted");
  EXPECT_EQ(missing(issue_text("information", "suppressed", "")), "withheld");
  EXPECT_EQ(missing(issue_text("warning", "incomplete", "")), "sources_missing");
  EXPECT_EQ(missing(issue_text("fatal", "processing", "59177")), "server_error");
  EXPECT_EQ(missing(issue_text("error", "suppressed", "59204")), "client_not_authorized, server_error");
  EXPECT_EQ(missing(issue_text("warning", "processing", "4101")), "") << "none found is an answer";
}

TEST(fhir_response, reads_what_epic_really_sent) {
  const std::filesystem::path folder = EPICENTER_SOURCE_DIR "/../shared/data/epic-captures";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "no captures at " << folder;
  const auto capture = [&folder](const char* name) {
    std::ostringstream text;
    text << std::ifstream(folder / name, std::ios::binary).rdbuf();
    const auto parsed = json::parse(text.str());
    EXPECT_TRUE(parsed.has_value()) << name;
    const json::value* const body = parsed->find("body");
    return json::write(body == nullptr ? *parsed : *body);
  };
  const auto patient = interpret(fhir_answer(200, capture("patient-eq081-VQEgP8drUUqCWzHfw3.json")));
  EXPECT_EQ(id_of(std::get<resource>(patient).content), "eq081-VQEgP8drUUqCWzHfw3");
  const auto allergies =
      interpret(fhir_answer(200, capture("allergyintolerance-eq081-VQEgP8drUUqCWzHfw3.json")));
  ASSERT_TRUE(std::holds_alternative<bundle>(allergies));
  for (const auto& one : std::get<bundle>(allergies).matches) EXPECT_EQ(type_of(one), "AllergyIntolerance");
  EXPECT_EQ(failure_of(fhir_answer(404, capture("error-404-on-nonexistent-patient-id.json"))).why,
            errc::not_found);
  const auto query = failure_of(fhir_answer(400, capture("error-search-with-unsupported-param.json")));
  EXPECT_EQ(query.why, errc::rejected);
  EXPECT_EQ(query.outcome.summary(), "fatal business-rule 59159");
  const auto iis = json::parse(capture("error-request-unsupported-resource-type.json"));
  const auto page = failure_of(answer(404, "text/html", std::string(iis->string_at("_non_json_body"))));
  EXPECT_EQ(page.why, errc::not_fhir);
  EXPECT_EQ(page.form, body_form::html);
}

}  // namespace
}  // namespace epicenter::fhir
