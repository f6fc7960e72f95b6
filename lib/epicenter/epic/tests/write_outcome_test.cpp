// How writes end where Epic's answer is not plain: duplicates, the holding tank, the queue, what was altered.
#include <epicenter/json/parse.hpp>

#include "lib/epicenter/epic/tests/world.hpp"

namespace epicenter::epic::test {
namespace {

bool is_post(const http::request& request) {
  return request.method == "POST" && request.target != "/token";
}

void script_posts(world& w, rule first, int times = 1) {
  w.epic_site.script = [first, times](const http::request& request) mutable -> std::optional<rule> {
    if (!is_post(request) || times-- <= 0) return std::nullopt;
    return first;
  };
}

vital_sign pulse(world& w, std::string operation) {
  vital_sign made;
  made.who = w.writing(std::move(operation));
  made.loinc = "8867-4";
  made.display = "Pulse";
  made.measured = quantity{"72", "/min"};
  return made;
}

allergy to_penicillin(world& w, std::string operation) {
  allergy made;
  made.who = w.writing(std::move(operation));
  made.substance = {"http://www.nlm.nih.gov/research/umls/rxnorm", "70618", "Penicillin"};
  return made;
}

std::size_t posts(const world& w) {
  return w.epic_site.count("POST", "/fhir/");
}

// The write is refused as a duplicate of itself, of somebody else's, or of nothing that can be found.
task<> duplicate_of_its_own(world& w) {
  vital_sign asked = pulse(w, "op-1");
  const auto first = co_await w.epic().record_vitals(std::move(asked));
  EXPECT_EQ(first->state, write_state::written);
  w.epic_site.script = [](const http::request& request) -> std::optional<rule> {
    if (!is_post(request)) return std::nullopt;
    return refusing(400, "59189");
  };
  vital_sign again = pulse(w, "op-2");
  const auto second = co_await w.epic().record_vitals(std::move(again));
  EXPECT_EQ(second->state, write_state::written) << "already at its target";
  EXPECT_EQ(second->resource, first->resource);
  vital_sign other = pulse(w, "op-3");
  other.measured = quantity{"80", "/min"};
  other.who.deadline = w.now() + 110s;
  const auto third = co_await w.epic().record_vitals(std::move(other));
  EXPECT_EQ(third->state, write_state::needs_review) << "Epic says so, and nothing like it is there";
}

TEST(Writes, ThatEpicCallsDuplicatesAreWrittenWhereTheyAreFound) {
  world w;
  w.run(duplicate_of_its_own);
  EXPECT_EQ(w.path_of("op-2"), "PLANNED SENDING UNKNOWN WRITTEN");
  EXPECT_EQ(w.path_of("op-3"), "PLANNED SENDING UNKNOWN NEEDS_REVIEW");
  EXPECT_EQ(posts(w), 3U) << "none was sent again";
}

TEST(Writes, ThatASiteIsNotConfiguredForSaySo) {
  for (const auto* code : {"59188", "59108"}) {
    world w;
    script_posts(w, refusing(400, code));
    const auto body = [](world& here) -> task<> {
      vital_sign asked = pulse(here, "op-1");
      const auto got = co_await here.epic().record_vitals(std::move(asked));
      EXPECT_EQ(got->state, write_state::rejected);
      EXPECT_EQ(*got->why, make_error_code(errc::site_misconfigured));
    };
    w.run(body);
  }
}

// Lost answers at a site that drops identifiers.
TEST(Writes, AreRecognisedByWhatTheySayWhereIdentifiersAreDropped) {
  world w;
  w.options.site.identifiers_searchable.clear();
  w.epic_site.keeps_identifiers = false;
  script_posts(w, rule{twist::commit_and_reset, std::nullopt});
  const auto body = [](world& here) -> task<> {
    vital_sign asked = pulse(here, "op-1");
    const auto got = co_await here.epic().record_vitals(std::move(asked));
    EXPECT_EQ(got->state, write_state::written);
    EXPECT_EQ(got->resource, "Observation/f1");
  };
  w.run(body);
  EXPECT_EQ(posts(w), 1U);
}

TEST(Writes, AreNotTakenForOthersThatOnlyLookAlike) {
  world w;
  w.options.site.identifiers_searchable.clear();
  w.epic_site.keeps_identifiers = false;
  script_posts(w, rule{twist::commit_twice_and_reset, std::nullopt});
  const auto body = [](world& here) -> task<> {
    vital_sign asked = pulse(here, "op-1");
    asked.who.deadline = here.now() + 110s;
    const auto got = co_await here.epic().record_vitals(std::move(asked));
    EXPECT_EQ(got->state, write_state::needs_review) << "two look alike: neither is known to be this one";
    lab_order order = here.order("op-2");
    order.who.deadline = here.now() + 110s;
    here.epic_site.script = [](const http::request& request) -> std::optional<rule> {
      if (!is_post(request)) return std::nullopt;
      return rule{twist::reset, std::nullopt};
    };
    const auto lost = co_await here.epic().order_lab(std::move(order));
    EXPECT_EQ(lost->state, write_state::needs_review);
  };
  w.run(body);
}

// The chart has one of the same code, which may be years old.
task<> lose_an_allergy(world& w, std::string operation, write_state expected) {
  allergy asked = to_penicillin(w, std::move(operation));
  asked.who.deadline = w.now() + 110s;
  const auto got = co_await w.epic().add_allergy(std::move(asked));
  EXPECT_EQ(got->state, expected);
}

TEST(Writes, AreNotConfirmedByAnotherOfTheSameCode) {
  world w;
  w.options.site.identifiers_searchable.clear();
  auto old = resource_of("AllergyIntolerance", "eOld", patient_id);
  old.if_object()->set("code", json::parse(R"({"coding": [
    {"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "70618"}]})")
                                   .value());
  w.epic_site.content["AllergyIntolerance"].push_back(std::move(old));
  script_posts(w, rule{twist::reset, std::nullopt});
  w.run([](world& here) { return lose_an_allergy(here, "op-1", write_state::needs_review); });
  EXPECT_TRUE(w.epic_site.filings.empty());
  world known;
  known.epic_site.content = w.epic_site.content;
  script_posts(known, refusing(400, "59141"));
  known.run([](world& here) { return lose_an_allergy(here, "op-1", write_state::written); });
  EXPECT_EQ(posts(known), 1U) << "Epic itself says that it is there";
}

TEST(Writes, InTheHoldingTankAreNotSentAgainForNotBeingFound) {
  world w;
  w.options.site.holding_tank = {"AllergyIntolerance"};
  w.epic_site.tank = {"AllergyIntolerance"};
  script_posts(w, rule{twist::commit_and_reset, std::nullopt});
  const auto body = [](world& here) -> task<> {
    allergy asked = to_penicillin(here, "op-1");
    asked.who.queue = true;
    asked.who.deadline = here.now() + 110s;
    const auto got = co_await here.epic().add_allergy(std::move(asked));
    EXPECT_EQ(got->state, write_state::needs_review);
    const auto row = co_await here.row("op-1");
    EXPECT_EQ(row.reason, "not_found_yet");
  };
  w.run(body);
  EXPECT_EQ(posts(w), 1U);
  EXPECT_EQ(w.epic_site.filings.size(), 1U);
}

// The answer is lost, and the write was not filed.
task<write_outcome> lost_order(world& w, bool queue) {
  script_posts(w, rule{twist::reset, std::nullopt});
  lab_order asked = w.order("op-1");
  asked.who.queue = queue;
  asked.who.deadline = w.now() + 200s;
  const auto got = co_await w.epic().order_lab(std::move(asked));
  EXPECT_TRUE(got);
  co_return *got;
}

TEST(Writes, AreSentAgainOnlyWhereASearchProvesThatTheyAreMissingAndTheCallerAgreed) {
  struct way {
    bool searchable;
    bool queue;
    write_state end;
    std::size_t sent;
  };
  for (const way one :
       {way{true, true, write_state::written, 2}, way{true, false, write_state::needs_review, 1},
        way{false, true, write_state::needs_review, 1}}) {
    world w;
    if (!one.searchable) w.options.site.identifiers_searchable.clear();
    const auto body = [one](world& here) -> task<> {
      const auto got = co_await lost_order(here, one.queue);
      EXPECT_EQ(got.state, one.end);
    };
    w.run(body);
    EXPECT_EQ(posts(w), one.sent) << one.searchable << one.queue;
    EXPECT_LE(w.epic_site.filings.size(), 1U);
    std::set<std::string> ids;
    for (const auto& seen : w.epic_site.requests) EXPECT_TRUE(ids.insert(seen.request_id).second);
  }
}

task<> outage_of_an_hour(world& w, bool queue) {
  (void)co_await w.epic().order_lab(w.order("op-warm"));
  co_await w.epic_site.down();
  lab_order asked = w.order("op-1");
  asked.who.queue = queue;
  const instant before = w.now();
  const auto got = co_await w.epic().order_lab(std::move(asked));
  EXPECT_EQ(got->state, queue ? write_state::queued : write_state::not_sent);
  EXPECT_LE(w.now() - before, 11s);
  const auto row = co_await w.row("op-1");
  EXPECT_EQ(row.state, queue ? store::write_state::planned : store::write_state::not_sent);
  auto slept = co_await runtime::sleep_for(w.rt(), 1h);
  EXPECT_TRUE(slept);
  w.epic_site.up();
  const bool drained = co_await w.epic().drain(w.now() + 10min);
  EXPECT_TRUE(drained);
}

TEST(Writes, AreSentLaterOnlyWhereTheCallerAskedForIt) {
  for (const bool queue : {true, false}) {
    world w;
    w.run([queue](world& here) { return outage_of_an_hour(here, queue); });
    EXPECT_EQ(w.epic_site.filings.size(), queue ? 2U : 1U);
    EXPECT_THAT(w.path_of("op-1"), testing::EndsWith(queue ? "WRITTEN" : "NOT_SENT"));
  }
}

TEST(Writes, InTheQueueAreClosedWhenTheirTimeIsOver) {
  world w;
  w.options.queue_for = 30min;
  w.run([](world& here) { return outage_of_an_hour(here, true); });
  EXPECT_THAT(w.path_of("op-1"), testing::EndsWith("NOT_SENT"));
  EXPECT_EQ(w.epic_site.filings.size(), 1U);
}

task<> alter(world& w) {
  lab_order order = w.order("op-1");
  const auto same = co_await w.epic().order_lab(std::move(order));
  EXPECT_EQ(same->read_back, read_back::same);
  w.epic_site.rewrite = [](json::object& filed) {
    filed.erase("encounter");
    filed.set("valueQuantity", json::object{{"value", json::number{"27"}}, {"code", "/min"}});
  };
  vital_sign asked = pulse(w, "op-2");
  const auto got = co_await w.epic().record_vitals(std::move(asked));
  EXPECT_EQ(got->state, write_state::written);
  EXPECT_EQ(got->read_back, read_back::altered);
  EXPECT_THAT(got->altered, testing::ElementsAre("encounter", "valueQuantity.value"));
  w.epic_site.rewrite = [](json::object& filed) {
    filed.set("subject", json::object{{"reference", "Patient/eSomebodyElse"}});
  };
  vital_sign third = pulse(w, "op-3");
  const auto wrong = co_await w.epic().record_vitals(std::move(third));
  EXPECT_THAT(wrong->altered, testing::Contains("subject"));
}

TEST(Writes, AreReadBackAndComparedWithWhatWasSent) {
  world w;
  w.options.read_back = true;
  w.run(alter);
  EXPECT_THAT(w.alarms, testing::ElementsAre("content_altered Observation", "wrong_patient Observation",
                                             "content_altered Observation"));
}

TEST(Writes, AreNotReadBackWhereTheSiteCannotReadThem) {
  world w;
  w.options.read_back = true;
  w.options.site.readable.clear();
  const auto body = [](world& here) -> task<> {
    const auto got = co_await here.epic().order_lab(here.order("op-1"));
    EXPECT_EQ(got->state, write_state::written);
    EXPECT_EQ(got->read_back, read_back::not_done);
  };
  w.run(body);
  EXPECT_EQ(w.epic_site.count("GET", "ServiceRequest"), 0U);
}

TEST(Writes, AskedForManyTimesAtOnceAreOne) {
  world w;
  const auto body = [](world& here) -> task<> {
    std::vector<task<result<write_outcome>>> all;
    for (int i = 0; i < 8; ++i) all.push_back(here.epic().order_lab(here.order("op-1")));
    lab_order other = here.order("op-1");
    other.loinc = "24323-8";
    all.push_back(here.epic().order_lab(std::move(other)));
    const auto ends = co_await runtime::when_all(here.rt(), std::move(all));
    for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(ends[i]->resource, "ServiceRequest/f1");
    EXPECT_EQ(ends[8].error(), make_error_code(errc::conflict));
  };
  w.run(body);
  EXPECT_EQ(posts(w), 1U);
}

}  // namespace
}  // namespace epicenter::epic::test
