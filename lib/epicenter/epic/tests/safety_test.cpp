// Whose data is shown, and to whom it is not.
#include <epicenter/epic/digest.hpp>
#include <epicenter/epic/patient_guard.hpp>

#include "lib/epicenter/epic/tests/world.hpp"

namespace epicenter::epic::test {
namespace {

constexpr const char* other_patient = "eSomebodyElse";

task<> pass(world& w, duration time) {
  auto slept = co_await runtime::sleep_for(w.rt(), time);
  EXPECT_TRUE(slept);
}

bool asks_for(const http::request& request, std::string_view text) {
  return request.target.find(text) != std::string::npos;
}

using list_read = task<result<section>> (adapter::*)(read_request);
struct named_read {
  const char* type;
  list_read read;
};
constexpr named_read lists[] = {
    {"AllergyIntolerance", &adapter::allergies},  {"Condition", &adapter::problems},
    {"MedicationRequest", &adapter::medications}, {"Immunization", &adapter::immunizations},
    {"Encounter", &adapter::encounters},          {"DocumentReference", &adapter::notes},
};

TEST(PatientGuard, KnowsWhoseAResourceIs) {
  EXPECT_TRUE(is_about(resource_of("Condition", "c", "p"), "p"));
  EXPECT_TRUE(is_about(resource_of("Immunization", "i", "p"), "p"));
  EXPECT_TRUE(is_about(json::object{{"resourceType", "Patient"}, {"id", "p"}}, "p"));
  EXPECT_FALSE(is_about(resource_of("Condition", "c", "q"), "p"));
  EXPECT_FALSE(is_about(json::object{{"resourceType", "Patient"}, {"id", "q"}}, "p"));
  EXPECT_FALSE(is_about(json::object{{"resourceType", "Condition"}}, "p")) << "nobody's";
  auto both = resource_of("Condition", "c", "p");
  both.if_object()->set("patient", json::object{{"reference", "Patient/q"}});
  EXPECT_FALSE(is_about(both, "p")) << "one of the two is not enough";
  auto group = resource_of("Condition", "c", "p");
  group.if_object()->set("subject", json::object{{"reference", "Group/p"}});
  EXPECT_FALSE(is_about(group, "p"));
}

task<> read_all_lists(world& w) {
  for (const auto& one : lists) {
    w.epic_site.content.clear();
    const auto good = co_await (w.epic().*one.read)(w.reading({}));
    EXPECT_TRUE(good) << one.type;
    EXPECT_EQ(good ? good->resources.size() : 0, 1U) << one.type;
    co_await pass(w, 2min);
    // One resource of another patient among those asked for spoils the whole answer.
    w.epic_site.content[one.type] =
        json::array{resource_of(one.type, "r1", patient_id), resource_of(one.type, "r2", other_patient)};
    const auto mixed = co_await (w.epic().*one.read)(w.reading({}));
    EXPECT_EQ(mixed.error(), make_error_code(errc::wrong_patient)) << one.type;
    remember(w, mixed);
  }
}

TEST(Reads, NeverShowAnotherPatientsData) {
  world w;
  w.run(read_all_lists);
  EXPECT_EQ(w.alarms.size(), std::size(lists));
  EXPECT_THAT(w.alarms, testing::Each(testing::StartsWith("wrong_patient ")));
  EXPECT_TRUE(w.told<events::stale_served>().empty()) << "nor an older answer in its place";
}

TEST(Reads, OfAnotherPatientsDemographicsAreNotShown) {
  world w;
  w.epic_site.script = [](const http::request& request) -> std::optional<rule> {
    if (!asks_for(request, "/Patient/")) return std::nullopt;
    return rule{twist::none,
                json_answer(200, json::object{{"resourceType", "Patient"}, {"id", other_patient}})};
  };
  const auto body = [](world& here) -> task<> {
    const auto got = co_await here.epic().patient_context(here.reading());
    EXPECT_EQ(got.error(), make_error_code(errc::wrong_patient));
  };
  w.run(body);
  EXPECT_THAT(w.alarms, testing::ElementsAre("wrong_patient Patient"));
}

task<> restricted_chart(world& w) {
  const auto before = co_await w.epic().allergies(w.reading("op-1"));
  EXPECT_TRUE(before);
  co_await pass(w, 2min);
  w.epic_site.script = [](const http::request& request) -> std::optional<rule> {
    if (request.target == "/token") return std::nullopt;
    return refusing(403, asks_for(request, "/Patient/") ? "4131" : "4130");
  };
  const auto asked = w.epic_site.requests.size();
  const auto got = co_await w.epic().allergies(w.reading("op-2"));
  EXPECT_EQ(got.error(), make_error_code(errc::restricted));
  EXPECT_EQ(w.epic_site.requests.size(), asked + 1) << "neither again nor with another token";
  w.epic_site.script = [](const http::request&) -> std::optional<rule> { return refusing(503, "59177"); };
  const auto later = co_await w.epic().allergies(w.reading("op-3"));
  EXPECT_EQ(later.error(), make_error_code(errc::unavailable)) << "what was read before is not shown either";
}

TEST(Reads, OfARestrictedChartAreSurfacedAndNeverRepeated) {
  world w;
  w.run(restricted_chart);
  EXPECT_EQ(w.epic_site.tokens_issued, 1U);
}

task<> used_up(world& w) {
  const auto first = co_await w.epic().notes(w.reading("op-1"));
  EXPECT_EQ(first.error(), make_error_code(errc::parked));
  const auto asked = w.epic_site.requests.size();
  const auto second = co_await w.epic().notes(w.reading("op-2"));
  EXPECT_EQ(second.error(), make_error_code(errc::parked));
  EXPECT_EQ(w.epic_site.requests.size(), asked) << "not before tomorrow";
  const auto other = co_await w.epic().allergies(w.reading("op-3"));
  EXPECT_TRUE(other) << "only what the limit is for";
  w.epic_site.script = nullptr;
  const wall_time until = w.told<events::quota_parked>().front().until;
  const auto early = co_await w.epic().notes(w.reading("op-4"));
  EXPECT_FALSE(early);
  co_await pass(w, until - w.rt().wall());
  const auto next_day = co_await w.epic().notes(w.reading("op-5"));
  EXPECT_TRUE(next_day);
}

TEST(Reads, BeyondADailyLimitWaitForTheSitesMidnight) {
  world w;
  w.options.site.zone = site_zone::parse("-06:00").value();
  w.epic_site.script = [](const http::request& request) -> std::optional<rule> {
    if (!asks_for(request, "DocumentReference")) return std::nullopt;
    return refusing(400, "4135");
  };
  w.run(used_up);
  const auto until = w.told<events::quota_parked>().front().until;
  EXPECT_EQ((until - 6h).time_since_epoch() % 24h, 0s);
}

task<> gone_patient(world& w) {
  const auto before = co_await w.epic().patient_context(w.reading("op-1"));
  EXPECT_TRUE(before);
  co_await pass(w, 6min);
  w.epic_site.script = [](const http::request& request) -> std::optional<rule> {
    if (asks_for(request, "/Patient/")) return refusing(410, "4103");
    return std::nullopt;
  };
  const auto gone = co_await w.epic().patient_context(w.reading("op-2"));
  EXPECT_FALSE(gone);
  co_await pass(w, 1s);  // what was on its way has landed
  w.epic_site.script = [](const http::request&) -> std::optional<rule> { return refusing(503, "59177"); };
  const auto part = co_await w.epic().allergies(w.reading("op-3"));
  EXPECT_FALSE(part) << "nothing of a patient that is gone is served stale";
}

TEST(Reads, OfAPatientThatIsGoneLeaveATombstone) {
  world w;
  w.run(gone_patient);
  EXPECT_TRUE(w.told<events::stale_served>().empty());
}

TEST(Reads, OfARouteTheServerDoesNotHaveAreUnsupportedAndNotEmpty) {
  world w;
  w.epic_site.script = [](const http::request& request) -> std::optional<rule> {
    if (!asks_for(request, "Immunization")) return std::nullopt;
    http::response page;
    page.status = 404;
    page.fields.add("Content-Type", "text/html");
    page.body = "<html><body>404 - File or directory not found.</body></html>";
    return rule{twist::none, std::move(page)};
  };
  const auto body = [](world& here) -> task<> {
    const auto got = co_await here.epic().immunizations(here.reading());
    EXPECT_EQ(got.error(), make_error_code(errc::not_supported));
  };
  w.run(body);
}

json::value document(std::string_view patient, std::string_view url) {
  auto made = resource_of("DocumentReference", "d1", patient);
  json::object attachment{{"contentType", "text/html"}, {"url", url}};
  made.if_object()->set("content", json::array{json::object{{"attachment", std::move(attachment)}}});
  return made;
}

task<> read_note(world& w) {
  note_request asked;
  asked.who = w.reading();
  asked.document = document(patient_id, "Binary/b1");
  const auto got = co_await w.epic().note_content(asked);
  EXPECT_TRUE(got);
  EXPECT_EQ(got->bytes, "<p>Feels better.</p>");
  EXPECT_EQ(got->content_type, "text/html");
  EXPECT_EQ(w.epic_site.count("GET", "/fhir/Binary/b1"), 1U);
  const auto before = w.epic_site.requests.size();
  asked.document = document(other_patient, "Binary/b1");
  const auto foreign = co_await w.epic().note_content(asked);
  EXPECT_EQ(foreign.error(), make_error_code(errc::invalid_argument));
  for (const auto* url : {"http://evil.test/fhir/Binary/b1", "Patient/p", "//evil.test/Binary/b1"}) {
    asked.document = document(patient_id, url);
    const auto away = co_await w.epic().note_content(asked);
    EXPECT_EQ(away.error(), make_error_code(errc::protocol)) << url;
  }
  asked.content_type = "text/rtf";
  const auto none = co_await w.epic().note_content(asked);
  EXPECT_EQ(none.error(), make_error_code(errc::invalid_argument));
  EXPECT_EQ(w.epic_site.requests.size(), before) << "nothing of that was asked of anybody";
}

TEST(Notes, AreFetchedByWayOfTheDocumentThatNamesThePatient) {
  world w;
  w.epic_site.filings.push_back({"Binary", "b1", "", "",
                                 json::object{{"resourceType", "Binary"},
                                              {"id", "b1"},
                                              {"contentType", "text/html"},
                                              {"data", base64("<p>Feels better.</p>")}}});
  w.run(read_note);
}

task<> read_labs(world& w, std::string operation) {
  (void)co_await w.epic().latest_labs(w.reading(std::move(operation)));
}

// Searches that hang fill their own room, and not the connections of everybody else.
TEST(Safety, SearchesThatHangTakeNobodyElsesConnections) {
  world w;
  const auto body = [](world& here) -> task<> {
    (void)co_await here.epic().latest_labs(here.reading("op-warm"));
    here.epic_site.script = [](const http::request& request) -> std::optional<rule> {
      if (request.method != "GET" || request.target.find("Observation") == std::string::npos)
        return std::nullopt;
      return rule{twist::hang, std::nullopt};
    };
    runtime::task_group callers(here.rt());
    for (int i = 0; i < 300; ++i) callers.spawn("labs", read_labs(here, "op-" + std::to_string(i)));
    auto slept = co_await runtime::sleep_for(here.rt(), 100ms);
    EXPECT_TRUE(slept);
    const instant before = here.now();
    const auto written = co_await here.epic().order_lab(here.order("op-w"));
    EXPECT_TRUE(written);
    EXPECT_EQ(written->state, write_state::written);
    EXPECT_LT(here.now() - before, 1s);
    callers.cancel();
    co_await callers.join();
  };
  w.run(body);
}

}  // namespace
}  // namespace epicenter::epic::test
