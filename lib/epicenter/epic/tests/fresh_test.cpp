// Reads after writes: what was just filed is not missing from what is shown.
#include "lib/epicenter/epic/tests/world.hpp"

namespace epicenter::epic::test {
namespace {

using how = source;

bool is_post(const http::request& request) {
  return request.method == "POST" && request.target != "/token";
}

allergy to_penicillin(const world& w, std::string operation = "op-w") {
  allergy made;
  made.who = w.writing(std::move(operation));
  made.substance = {"http://www.nlm.nih.gov/research/umls/rxnorm", "70618", "Penicillin"};
  return made;
}

task<write_outcome> file(world& w, std::string operation = "op-w") {
  allergy asked = to_penicillin(w, std::move(operation));
  auto got = co_await w.epic().add_allergy(std::move(asked));
  EXPECT_TRUE(got);
  if (!got) co_return write_outcome{};
  co_return std::move(*got);
}

task<> pass(world& w, duration time) {
  auto slept = co_await runtime::sleep_for(w.rt(), time);
  EXPECT_TRUE(slept);
}

// «live 2», «cached 1»: where the allergies came from, and how many; «none» where none were to be had.
task<std::string> allergies(world& w, bool live = false) {
  read_request request = w.reading();
  request.live = live;
  auto got = co_await w.epic().allergies(std::move(request));
  if (!got) co_return "none";
  const auto from = got->from.source;
  const std::string_view name = from == how::live ? "live " : from == how::cached ? "cached " : "stale ";
  co_return std::string(name) + std::to_string(got->resources.size());
}

task<> expect_allergies(world& w, std::string expected, std::string when) {
  const std::string got = co_await allergies(w);
  EXPECT_EQ(got, expected) << when;
}

void break_down(world& w) {
  w.epic_site.script = [](const http::request&) -> std::optional<rule> {
    http::response answer;
    answer.status = 503;
    return rule{twist::none, std::move(answer)};
  };
}

// What is done to creates; all else is as usual.
void script_posts(world& w, rule what) {
  w.epic_site.script = [what](const http::request& request) -> std::optional<rule> {
    if (!is_post(request)) return std::nullopt;
    return what;
  };
}

task<> written(world& w) {
  (void)co_await w.epic().patient_context(w.reading());
  co_await expect_allergies(w, "cached 1", "before");
  const auto got = co_await file(w);
  EXPECT_EQ(got.state, write_state::written);
  co_await expect_allergies(w, "live 2", "at once");
  co_await expect_allergies(w, "cached 2", "after that");
  const auto other = co_await w.epic().problems(w.reading());
  EXPECT_EQ(other->from.source, how::cached) << "no other part is asked for again";
  read_request of_another = w.reading();
  of_another.patient = "eAnother";
  (void)co_await w.epic().allergies(of_another);
  (void)co_await file(w, "op-x");
  const auto theirs = co_await w.epic().allergies(of_another);
  EXPECT_EQ(theirs->from.source, how::cached) << "nor of another patient";
}

TEST(ReadsAfterWrites, BringWhatWasWritten) {
  world w;
  w.run(written);
}

task<> written_before_an_outage(world& w) {
  co_await expect_allergies(w, "live 1", "before");
  (void)co_await file(w);
  break_down(w);
  co_await expect_allergies(w, "none", "the list that is kept lacks the new allergy");
  w.epic_site.script = nullptr;
  co_await pass(w, 1min);
  co_await expect_allergies(w, "live 2", "once Epic is back");
  co_await pass(w, 2min);
  break_down(w);
  co_await expect_allergies(w, "stale 2", "in the next outage");
}

TEST(ReadsAfterWrites, InAnOutageShowNoListThatLacksWhatWasWritten) {
  world w;
  w.run(written_before_an_outage);
}

// The reads arrive first and are answered last, by what stood in the chart when they came.
task<> written_while_reads_are_under_way(world& w) {
  co_await expect_allergies(w, "live 1", "before");
  co_await pass(w, 2min);
  const auto slow = [](world& here) -> task<> {
    const std::string got = co_await allergies(here);
    EXPECT_EQ(got, "live 1") << "asked before the write";
  };
  runtime::spawn(w.rt(), "slow read", slow(w));
  co_await pass(w, 1ms);
  const auto got = co_await file(w);
  EXPECT_EQ(got.state, write_state::written);
  co_await expect_allergies(w, "live 2", "the older question is not shared");
  co_await pass(w, 5s);
  co_await expect_allergies(w, "cached 2", "nor is its answer kept");
}

TEST(ReadsAfterWrites, KeepNoAnswerToAnEarlierQuestion) {
  world w;
  std::size_t searches = 0;
  w.epic_site.script = [&](const http::request& request) -> std::optional<rule> {
    if (request.target.find("AllergyIntolerance?") == std::string::npos || ++searches != 2) return {};
    return rule{twist::none, std::nullopt, 300ms};
  };
  w.run(written_while_reads_are_under_way);
  EXPECT_EQ(searches, 3U);
}

task<> lost_while_reads_are_under_way(world& w) {
  const auto slow = [](world& here) -> task<> {
    const std::string got = co_await allergies(here);
    EXPECT_EQ(got, "live 1") << "asked before the write";
  };
  runtime::spawn(w.rt(), "slow read", slow(w));
  co_await pass(w, 50ms);
  allergy asked = to_penicillin(w);
  asked.who.deadline = w.now() + 50ms;
  const auto got = co_await w.epic().add_allergy(std::move(asked));
  EXPECT_EQ(got->state, write_state::unknown);
  co_await expect_allergies(w, "live 2", "the older question is not shared");
}

TEST(ReadsAfterWrites, OfUnknownOutcomeShareNoEarlierQuestion) {
  world w;
  std::size_t searches = 0;
  w.epic_site.script = [&](const http::request& request) -> std::optional<rule> {
    if (is_post(request)) return rule{twist::commit_and_reset, std::nullopt};
    if (request.target.find("AllergyIntolerance?") == std::string::npos || ++searches != 1) return {};
    return rule{twist::none, std::nullopt, 300ms};
  };
  w.run(lost_while_reads_are_under_way);
}

// Nobody knows until the search finds it, or a minute and a half has shown that it is not there.
task<> lost(world& w) {
  co_await expect_allergies(w, "live 1", "before");
  allergy asked = to_penicillin(w);
  asked.who.deadline = w.now() + 1s;
  const auto got = co_await w.epic().add_allergy(std::move(asked));
  EXPECT_EQ(got->state, write_state::unknown);
  const std::string seen = std::to_string(1 + w.epic_site.filings.size());
  co_await expect_allergies(w, "live " + seen, "while nobody knows");
  co_await expect_allergies(w, "live " + seen, "and again: nothing is kept");
  break_down(w);
  co_await expect_allergies(w, "none", "in an outage");
  w.epic_site.script = nullptr;
  EXPECT_TRUE(co_await w.epic().drain(w.now() + 10min));
  co_await expect_allergies(w, "live " + seen, "once it is known");
  co_await expect_allergies(w, "cached " + seen, "and all is as it was");
}

TEST(ReadsAfterWrites, OfUnknownOutcomeShowNothingThatIsKept) {
  for (const auto how_lost : {twist::commit_and_reset, twist::reset}) {
    world w;
    script_posts(w, rule{how_lost, std::nullopt});
    w.run(lost);
    EXPECT_EQ(w.path_of("op-w"), how_lost == twist::reset ? "PLANNED SENDING UNKNOWN NEEDS_REVIEW"
                                                          : "PLANNED SENDING UNKNOWN WRITTEN");
  }
}

// Epic has it, and its searches do not show it for a while.
task<> not_found_at_once(world& w) {
  w.epic_site.tank.insert("AllergyIntolerance");
  const auto got = co_await file(w);
  EXPECT_EQ(got.state, write_state::written);
  co_await expect_allergies(w, "live 1", "so Epic says");
  co_await expect_allergies(w, "live 1", "which is not kept");
  w.epic_site.tank.clear();
  co_await expect_allergies(w, "live 2", "so it is found as soon as Epic shows it");
  co_await expect_allergies(w, "cached 2", "and that is kept");
}

TEST(ReadsAfterWrites, KeepNoListThatLacksWhatEpicHasTaken) {
  world w;
  w.run(not_found_at_once);
}

task<> never_found(world& w) {
  w.epic_site.tank.insert("AllergyIntolerance");
  (void)co_await file(w);
  co_await pass(w, 89s);
  EXPECT_EQ(co_await allergies(w), "live 1");
  EXPECT_EQ(co_await allergies(w), "live 1");
  co_await pass(w, 2s);
  EXPECT_EQ(co_await allergies(w), "live 1");
  EXPECT_EQ(co_await allergies(w), "cached 1")
      << "it waits for a clinician: Epic's list is as good as it gets";
}

TEST(ReadsAfterWrites, AreCachedAgainWhereEpicNeverShowsWhatItHasTaken) {
  world w;
  w.run(never_found);
}

task<> refused(world& w) {
  co_await expect_allergies(w, "live 1", "before");
  const auto got = co_await file(w);
  EXPECT_EQ(got.state, write_state::rejected);
  co_await expect_allergies(w, "cached 1", "the chart is as it was");
}

TEST(ReadsAfterWrites, ThatEpicRefusedAreStillFresh) {
  world w;
  script_posts(w, refusing(422, "59100"));
  w.run(refused);
}

// In Epic twice, or where a person has found it.
task<> filed_twice(world& w) {
  co_await expect_allergies(w, "live 1", "before");
  allergy asked = to_penicillin(w);
  asked.who.deadline = w.now() + 5min;
  const auto got = co_await w.epic().add_allergy(std::move(asked));
  EXPECT_EQ(got->state, write_state::duplicate);
  co_await expect_allergies(w, "live 3", "both are shown");
}

TEST(ReadsAfterWrites, ThatWereFiledTwiceShowBoth) {
  world w;
  script_posts(w, rule{twist::commit_twice_and_reset, std::nullopt});
  w.run(filed_twice);
}

task<> found_by_a_person(world& w) {
  allergy asked = to_penicillin(w);
  asked.who.deadline = w.now() + 5min;
  const auto got = co_await w.epic().add_allergy(std::move(asked));
  EXPECT_EQ(got->state, write_state::needs_review);
  co_await expect_allergies(w, "live 1", "it is not to be found");
  co_await expect_allergies(w, "cached 1", "and Epic's list is kept");
  const auto seen = co_await w.seen_by("pharmacist-1", "op-w");
  const auto resolved = co_await w.epic().resolve_as_written(seen, "eSomewhere");
  EXPECT_TRUE(resolved);
  co_await expect_allergies(w, "live 1", "where a person knows more than the list, it is asked for again");
}

TEST(ReadsAfterWrites, ThatAPersonHasFoundAskEpicAgain) {
  world w;
  script_posts(w, rule{twist::reset, std::nullopt});
  w.run(found_by_a_person);
}

task<> left_unknown(store::ledger& ledger) {
  store::ledger_row row;
  row.operation = "op-w";
  row.kind = "add_allergy";
  row.resource_type = "AllergyIntolerance";
  row.patient = patient_id;
  EXPECT_TRUE(co_await ledger.plan(row));
  store::ledger::change sent{"op-w", store::write_state::planned, store::write_state::sending, {}, {}, {}};
  EXPECT_TRUE(co_await ledger.advance(sent));
  store::ledger::change open{"op-w", store::write_state::sending, store::write_state::unknown, {}, {}, {}};
  EXPECT_TRUE(co_await ledger.advance(open));
}

task<> taken_over(world& w) {
  co_await left_unknown(*w.ledger);
  EXPECT_TRUE(co_await w.epic().start());
  co_await expect_allergies(w, "live 1", "at once");
  co_await expect_allergies(w, "live 1", "nothing is kept while nobody knows");
  EXPECT_TRUE(co_await w.epic().drain(w.now() + 10min));
  (void)co_await allergies(w);
  co_await expect_allergies(w, "cached 1", "once it is known");
}

TEST(ReadsAfterWrites, OfAnEarlierProcessShowNothingThatIsKeptEither) {
  world w;
  w.run(taken_over);
}

// A refused write leaves the older answer alone, unless a newer one was seen meanwhile.
task<> changed_by_others_meanwhile(world& w) {
  co_await expect_allergies(w, "live 1", "before");
  const auto write = [](world& here) -> task<> {
    const auto got = co_await file(here);
    EXPECT_EQ(got.state, write_state::rejected);
  };
  runtime::spawn(w.rt(), "write", write(w));
  co_await pass(w, 100ms);
  w.epic_site.content["AllergyIntolerance"] =
      json::array{resource_of("AllergyIntolerance", "a1", patient_id),
                  resource_of("AllergyIntolerance", "a2", patient_id)};
  co_await expect_allergies(w, "live 2", "while the write is on its way");
  co_await pass(w, 5s);
  co_await expect_allergies(w, "live 2", "never back to the older one");
}

TEST(ReadsAfterWrites, NeverGoBackToAnOlderAnswer) {
  world w;
  rule slowly_refused = refusing(422, "59100");
  slowly_refused.late = 2s;
  script_posts(w, slowly_refused);
  w.run(changed_by_others_meanwhile);
}

task<> live(world& w) {
  EXPECT_EQ(co_await allergies(w), "live 1");
  w.epic_site.content["AllergyIntolerance"] =
      json::array{resource_of("AllergyIntolerance", "a1", patient_id),
                  resource_of("AllergyIntolerance", "a2", patient_id)};
  EXPECT_EQ(co_await allergies(w), "cached 1") << "changed by others: nobody told us";
  EXPECT_EQ(co_await allergies(w, true), "live 2");
  EXPECT_EQ(co_await allergies(w), "cached 2") << "the answer is kept for all";
  co_await pass(w, 2min);
  break_down(w);
  EXPECT_EQ(co_await allergies(w, true), "none") << "nor is it stale";
  EXPECT_EQ(co_await allergies(w), "stale 2") << "what others may have is still there";
}

TEST(LiveReads, AskEpicWhateverIsKeptAndRenewIt) {
  world w;
  w.run(live);
  EXPECT_EQ(w.told<events::stale_served>().size(), 1U);
}

TEST(LiveReads, OfAContextAskForEveryPart) {
  world w;
  const auto body = [](world& here) -> task<> {
    (void)co_await here.epic().patient_context(here.reading());
    read_request request = here.reading();
    request.live = true;
    const auto got = co_await here.epic().patient_context(std::move(request));
    for (const auto from : {got->demographics_from.source, got->allergies.from.source,
                            got->problems.from.source, got->medications.from.source})
      EXPECT_EQ(from, how::live);
  };
  w.run(body);
  EXPECT_EQ(w.epic_site.count("GET", "/fhir/"), 8U);
}

task<> live_beside_others(world& w) {
  const auto earlier = [](world& here) -> task<> {
    const std::string got = co_await allergies(here);
    EXPECT_EQ(got, "live 1");
  };
  runtime::spawn(w.rt(), "earlier", earlier(w));
  co_await pass(w, 100ms);
  w.epic_site.content["AllergyIntolerance"] =
      json::array{resource_of("AllergyIntolerance", "a1", patient_id),
                  resource_of("AllergyIntolerance", "a2", patient_id)};
  EXPECT_EQ(co_await allergies(w, true), "live 2");
  co_await pass(w, 5s);
  EXPECT_EQ(co_await allergies(w), "cached 2") << "the earlier answer came later, and is older";
}

TEST(LiveReads, DoNotShareAnEarlierQuestion) {
  world w;
  std::size_t searches = 0;
  w.epic_site.script = [&](const http::request& request) -> std::optional<rule> {
    if (request.target.find("AllergyIntolerance?") == std::string::npos || ++searches != 1) return {};
    return rule{twist::none, std::nullopt, 300ms};
  };
  w.run(live_beside_others);
  EXPECT_EQ(searches, 2U);
}

}  // namespace
}  // namespace epicenter::epic::test
