#include "lib/epicenter/epic/tests/world.hpp"

namespace epicenter::epic::test {
namespace {

using resilience::endpoint_class;

task<result<patient_context>> context(world& w, std::string operation = "op-r") {
  read_request request = w.reading(std::move(operation));
  auto got = co_await w.epic().patient_context(std::move(request));
  remember(w, got);
  co_return got;
}

task<> pass(world& w, duration time) {
  auto slept = co_await runtime::sleep_for(w.rt(), time);
  EXPECT_TRUE(slept);
}

json::value observation(std::string_view id, std::string_view when) {
  auto made = resource_of("Observation", id, patient_id);
  made.if_object()->set("effectiveDateTime", when);
  return made;
}

TEST(Reads, AskForAllPartsAtOnceAndAgainOnlyWhenTheyAreNoLongerFresh) {
  world w;
  const auto body = [](world& here) -> task<> {
    const auto live = co_await context(here);
    EXPECT_EQ(live->demographics->string_at("id"), patient_id);
    EXPECT_EQ(live->allergies.resources.size(), 1U);
    EXPECT_EQ(live->allergies.from.source, source::live);
    EXPECT_LT(here.now(), instant(100ms)) << "side by side, not one after the other";
    co_await pass(here, 59s);
    const auto cached = co_await context(here, "op-s");
    EXPECT_EQ(cached->problems.from.source, source::cached);
    EXPECT_EQ(cached->problems.from.age / 1s, 59);
    EXPECT_EQ(here.epic_site.count("GET", "/fhir/"), 4U);
    co_await pass(here, 2s);
    const auto mixed = co_await context(here, "op-t");
    EXPECT_EQ(mixed->medications.from.source, source::live);
    EXPECT_EQ(mixed->demographics_from.source, source::cached);
    EXPECT_EQ(here.epic_site.count("GET", "/fhir/"), 7U);
  };
  w.run(body);
  std::vector<std::string> ids;
  for (const auto& one : w.epic_site.requests) ids.push_back(one.request_id);
  EXPECT_THAT(ids, testing::IsSupersetOf({"op-r.1.1", "op-r.2.1", "op-r.3.1", "op-r.4.1", "op-t.2.1"}));
  EXPECT_EQ(w.epic_site.count("GET", "Condition?patient=ePatientOne.3&category=problem-list-item"), 2U);
}

TEST(Reads, OfTheSamePatientAtTheSameTimeShareOneFetch) {
  world w;
  const auto body = [](world& here) -> task<> {
    std::vector<task<result<patient_context>>> all;
    for (int i = 0; i < 10; ++i) all.push_back(context(here, "op-" + std::to_string(i)));
    const auto answers = co_await runtime::when_all(here.rt(), std::move(all));
    for (const auto& one : answers) EXPECT_TRUE(one);
  };
  w.run(body);
  EXPECT_EQ(w.epic_site.count("GET", "/fhir/"), 4U);
  EXPECT_EQ(w.epic_site.tokens_issued, 1U) << "and one token";
}

rule unavailable() {
  http::response answer;
  answer.status = 503;
  return rule{twist::none, std::move(answer)};
}

void break_down(world& w) {
  w.epic_site.script = [](const http::request&) -> std::optional<rule> { return unavailable(); };
}

task<> outage_and_recovery(world& w) {
  const auto before = co_await context(w);
  EXPECT_TRUE(before);
  co_await pass(w, 2min);
  break_down(w);
  const auto stale = co_await context(w);
  EXPECT_TRUE(stale);
  EXPECT_EQ(stale->allergies.from.source, source::stale);
  EXPECT_EQ(stale->allergies.from.reason, "5xx");
  EXPECT_GT(stale->allergies.from.age, 2min);
  EXPECT_EQ(stale->allergies.resources.size(), 1U);
  EXPECT_EQ(stale->demographics_from.source, source::cached);
  EXPECT_EQ(w.told<events::degradation_activated>().size(), 1U);
  const auto labs = co_await w.epic().latest_labs(w.reading("op-l"));
  EXPECT_FALSE(labs) << "never from the cache";
  w.epic_site.script = nullptr;
  co_await pass(w, 1min);
  const auto live = co_await context(w, "op-s");
  EXPECT_EQ(live->allergies.from.source, source::live);
  co_await pass(w, 4s);
  EXPECT_TRUE(w.told<events::degradation_deactivated>().empty()) << "calm must last";
  co_await pass(w, 2s);
  EXPECT_EQ(w.told<events::degradation_deactivated>().size(), 1U);
}

TEST(Reads, AreServedStaleInAnOutageWithTheirAgeAndReason) {
  world w;
  w.run(outage_and_recovery);
  const auto off = w.told<events::degradation_deactivated>().front();
  EXPECT_EQ(off.served_stale, 3U);
  EXPECT_EQ(off.reason, "recovered");
  EXPECT_EQ(w.told<events::stale_served>().size(), 3U);
}

TEST(Reads, AreNotServedBeyondTheirBoundAndAnOpenDegradationEndsWithTheAdapter) {
  world w;
  const auto body = [](world& here) -> task<> {
    (void)co_await context(here);
    co_await pass(here, 14min);
    break_down(here);
    const auto stale = co_await context(here);
    EXPECT_TRUE(stale);
    co_await pass(here, 1min);
    const auto too_old = co_await context(here);
    EXPECT_FALSE(too_old);
    EXPECT_EQ(too_old.error(), make_error_code(errc::unavailable));
  };
  w.run(body);
  EXPECT_EQ(w.told<events::degradation_deactivated>().back().reason, "shutdown");
}

TEST(Reads, AreNeverServedStaleWhereEpicSaidNo) {
  world w;
  const auto body = [](world& here) -> task<> {
    (void)co_await context(here);
    co_await pass(here, 2min);
    here.epic_site.script = [](const http::request& request) -> std::optional<rule> {
      if (request.target.find("AllergyIntolerance") == std::string::npos) return std::nullopt;
      http::response no;
      no.status = 403;
      return rule{twist::none, std::move(no)};
    };
    const auto refused = co_await context(here);
    EXPECT_EQ(refused.error(), make_error_code(errc::rejected));
  };
  w.run(body);
  EXPECT_TRUE(w.told<events::stale_served>().empty());
}

TEST(Reads, SayWhatIsMissingAndRefuseAnotherPatientsData) {
  world w;
  w.epic_site.partial = true;
  const auto body = [](world& here) -> task<> {
    const auto partial = co_await context(here);
    EXPECT_TRUE(partial->allergies.partial);
    EXPECT_EQ(partial->allergies.resources.size(), 1U);
    co_await pass(here, 2min);
    here.epic_site.content["Condition"] = json::array{resource_of("Condition", "c1", "eSomebodyElse")};
    const auto mixed_up = co_await context(here);
    EXPECT_EQ(mixed_up.error(), make_error_code(errc::wrong_patient));
  };
  w.run(body);
  EXPECT_THAT(w.alarms, testing::ElementsAre("wrong_patient Condition"));
}

TEST(Reads, GiveTheNewestLaboratoryResultFirst) {
  world w;
  w.epic_site.content["Observation"] =
      json::array{observation("a", "2026-03-01"), observation("b", "2026-03-02T10:00:00+02:00"),
                  observation("c", "2026-03-02T09:00:00Z"), resource_of("Observation", "d", patient_id)};
  const auto body = [](world& here) -> task<> {
    const auto got = co_await here.epic().latest_labs(here.reading());
    std::string order;
    for (const auto& one : got->observations.resources) order += one.string_at("id");
    EXPECT_EQ(order, "cbad");
  };
  w.run(body);
}

http::response page(std::string_view id, std::string_view next) {
  json::array entries;
  entries.emplace_back(json::object{{"resource", resource_of("Observation", id, patient_id)}});
  json::array links;
  if (!next.empty()) links.emplace_back(json::object{{"relation", "next"}, {"url", next}});
  return json_answer(
      200,
      json::object{{"resourceType", "Bundle"}, {"type", "searchset"}, {"link", links}, {"entry", entries}});
}

// Two pages; the second one's link is given.
void script_pages(world& w, std::string after_second) {
  w.epic_site.script = [after_second](const http::request& request) -> std::optional<rule> {
    if (request.target.find("Observation") == std::string::npos) return std::nullopt;
    const bool second = request.target.find("sessionID=2") != std::string::npos;
    if (second) return rule{twist::none, page("b", after_second)};
    return rule{twist::none, page("a", "http://epic.test/fhir/Observation?sessionID=2")};
  };
}

TEST(Reads, FollowNextLinksButNotInCirclesAndNotAway) {
  const auto count = [](world& here) -> task<> {
    const auto got = co_await here.epic().latest_labs(here.reading());
    EXPECT_EQ(got->observations.resources.size(), 2U);
    here.texts.emplace_back(got->observations.partial ? "partial" : "whole");
  };
  world plain;
  script_pages(plain, {});
  plain.run(count);
  EXPECT_THAT(plain.texts, testing::Contains("whole"));
  EXPECT_EQ(plain.epic_site.requests.back().request_id, "op-r.2.1");
  world circle;
  script_pages(circle, "http://epic.test/fhir/Observation?sessionID=2");
  circle.run(count);
  EXPECT_THAT(circle.texts, testing::Contains("partial"));
  world away;
  script_pages(away, "http://evil.test/fhir/Observation?sessionID=3");
  const auto refuse = [](world& here) -> task<> {
    const auto got = co_await here.epic().latest_labs(here.reading());
    EXPECT_EQ(got.error(), make_error_code(errc::protocol));
  };
  away.run(refuse);
}

}  // namespace
}  // namespace epicenter::epic::test
