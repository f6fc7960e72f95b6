#include "lib/epicenter/epic/tests/world.hpp"

namespace epicenter::epic::test {
namespace {

using resilience::endpoint_class;

bool is_post(const http::request& request) {
  return request.method == "POST" && request.target != "/token";
}

// The first posts are treated like this, the later ones as usual.
void script_posts(world& w, rule first, int times = 1) {
  w.epic_site.script = [first, times](const http::request& request) mutable -> std::optional<rule> {
    if (!is_post(request) || times-- <= 0) return std::nullopt;
    return first;
  };
}

rule answering(unsigned status, http::headers fields = {}) {
  http::response answer;
  answer.status = status;
  answer.fields = std::move(fields);
  return rule{twist::none, std::move(answer)};
}

task<write_outcome> ordered(world& w, std::string operation) {
  lab_order order = w.order(std::move(operation));
  auto got = co_await w.epic().order_lab(std::move(order));
  remember(w, got);
  if (!got) {
    ADD_FAILURE() << got.error().message();
    co_return write_outcome{};
  }
  if (got->why) w.texts.push_back(got->why->message());
  co_return std::move(*got);
}

task<> writes_both_kinds(world& w) {
  const auto lab = co_await ordered(w, "op-w");
  EXPECT_EQ(lab.state, write_state::written);
  EXPECT_EQ(lab.resource, "ServiceRequest/f1");
  note text = w.progress_note();
  const auto filed = co_await w.epic().file_note(std::move(text));
  EXPECT_EQ(filed->state, write_state::written);
  EXPECT_EQ(filed->resource, "DocumentReference/f2");
  const auto row = co_await w.row("op-w");
  EXPECT_EQ(row.attempts, 1U);
  EXPECT_EQ(row.payload_sha256.size(), 64U);
}

TEST(Writes, AreWrittenOnceWithARowForEachStep) {
  world w;
  w.run(writes_both_kinds);
  EXPECT_EQ(w.path_of("op-w"), "PLANNED SENDING WRITTEN");
  EXPECT_EQ(w.epic_site.filings.size(), 2U);
  EXPECT_EQ(w.epic_site.filings.front().identifier, "urn:epicenter:operation|op-w");
  for (const auto& one : w.epic_site.requests) {
    if (one.method != "POST" || one.target == "/token") continue;
    EXPECT_THAT(one.request_id, testing::AnyOf("op-w.1.1", "op-n.1.1"));
    EXPECT_EQ(one.accept, "application/fhir+json");
  }
}

TEST(Writes, AreRejectedByADefiniteAnswer) {
  world w;
  script_posts(w, answering(422));
  const auto body = [](world& here) -> task<> {
    const auto got = co_await ordered(here, "op-w");
    EXPECT_EQ(got.state, write_state::rejected);
  };
  w.run(body);
  EXPECT_EQ(w.path_of("op-w"), "PLANNED SENDING REJECTED");
  EXPECT_EQ(w.epic_site.count("POST", "ServiceRequest"), 1U);
}

TEST(Writes, AreSentAgainWhereTheFirstTryProvablyCameToNothing) {
  for (const auto& first : {answering(429, {{"Retry-After", "1"}}), answering(401)}) {
    world w;
    script_posts(w, first);
    const auto body = [](world& here) -> task<> {
      const auto got = co_await ordered(here, "op-w");
      EXPECT_EQ(got.state, write_state::written);
      const auto row = co_await here.row("op-w");
      EXPECT_EQ(row.attempts, 2U);
    };
    w.run(body);
    EXPECT_EQ(w.path_of("op-w"), "PLANNED SENDING PLANNED SENDING WRITTEN");
    EXPECT_EQ(w.epic_site.filings.size(), 1U);
    EXPECT_EQ(w.told<events::retry_scheduled>().size(), 1U);
    EXPECT_EQ(w.epic_site.tokens_issued, first.answer->status == 401 ? 2U : 1U);
  }
}

TEST(Writes, AreNotSentWhereNobodyListens) {
  world w;
  const auto body = [](world& here) -> task<> {
    const auto warm = co_await ordered(here, "op-1");
    EXPECT_EQ(warm.state, write_state::written);
    co_await here.epic_site.down();
    const auto got = co_await ordered(here, "op-w");
    EXPECT_EQ(got.state, write_state::not_sent);
  };
  w.run(body);
  EXPECT_EQ(w.path_of("op-w"), "PLANNED SENDING PLANNED SENDING NOT_SENT");
}

TEST(Writes, WhoseAnswerIsLostAreFoundByTheirIdentifier) {
  world w;
  script_posts(w, rule{twist::commit_and_reset, std::nullopt});
  const auto body = [](world& here) -> task<> {
    const instant before = here.now();
    const auto got = co_await ordered(here, "op-w");
    EXPECT_EQ(got.state, write_state::written);
    EXPECT_EQ(got.resource, "ServiceRequest/f1");
    EXPECT_GE(here.now() - before, 2s);
    EXPECT_LT(here.now() - before, 3s);
  };
  w.run(body);
  EXPECT_EQ(w.path_of("op-w"), "PLANNED SENDING UNKNOWN WRITTEN");
  EXPECT_EQ(w.epic_site.count("POST", "ServiceRequest"), 1U) << "never sent again";
}

TEST(Writes, ThatWereFiledTwiceAreDuplicates) {
  world w;
  script_posts(w, rule{twist::commit_twice_and_reset, std::nullopt});
  const auto body = [](world& here) -> task<> {
    const auto got = co_await ordered(here, "op-w");
    EXPECT_EQ(got.state, write_state::duplicate);
  };
  w.run(body);
  EXPECT_EQ(w.path_of("op-w"), "PLANNED SENDING UNKNOWN DUPLICATE");
}

std::vector<long> search_seconds(const world& w) {
  std::vector<long> seconds;
  instant posted{};
  for (const auto& one : w.epic_site.requests) {
    if (one.method == "POST" && one.target != "/token") posted = one.at;
    if (one.target.find("identifier=") != std::string::npos) seconds.push_back((one.at - posted) / 1s);
  }
  return seconds;
}

task<> unknown_at_the_deadline(world& w) {
  const auto got = co_await ordered(w, "op-w");
  EXPECT_EQ(got.state, write_state::unknown);
  EXPECT_EQ(w.now().time_since_epoch() / 1s, 10) << "the caller waited for the first searches";
  const bool early = co_await w.epic().drain(w.now() + 1s);
  EXPECT_FALSE(early);
  const bool drained = co_await w.epic().drain(w.now() + 10min);
  EXPECT_TRUE(drained);
  const auto row = co_await w.row("op-w");
  EXPECT_EQ(row.state, store::write_state::needs_review);
}

TEST(Writes, ThatAreNowhereToBeFoundGoToAPerson) {
  for (const auto& ending :
       {answering(503), answering(500), rule{twist::reset, std::nullopt}, answering(200)}) {
    world w;
    script_posts(w, ending);
    w.run(unknown_at_the_deadline);
    EXPECT_EQ(w.path_of("op-w"), "PLANNED SENDING UNKNOWN NEEDS_REVIEW");
    EXPECT_THAT(search_seconds(w), testing::ElementsAre(2, 10, 30, 90, 100));
    EXPECT_EQ(w.epic_site.count("POST", "ServiceRequest"), 1U);
  }
}

TEST(Writes, GoToAPersonSoonerWhereTheSiteIsKnownToBeQuick) {
  world w;
  w.options.review_after = 4s;
  script_posts(w, answering(503));
  const auto body = [](world& here) -> task<> {
    const auto got = co_await ordered(here, "op-w");
    EXPECT_EQ(got.state, write_state::needs_review);
  };
  w.run(body);
  EXPECT_THAT(search_seconds(w), testing::ElementsAre(0, 0, 1, 4, 8));
}

TEST(Writes, AreNotGivenUpForSearchesThatAreNotComplete) {
  world w;
  w.epic_site.partial = true;
  script_posts(w, rule{twist::reset, std::nullopt});
  w.run(unknown_at_the_deadline);
  const auto last = w.told<events::write_changed>().back();
  EXPECT_EQ(last.reason, "no_complete_search");
  EXPECT_GT(search_seconds(w).back(), 280) << "5 min of searching";
}

class broken_ledger final : public store::ledger {
 public:
  task<result<>> plan(store::ledger_row) override { co_return fail(store::errc::unavailable); }
  task<result<>> advance(change) override { co_return fail(store::errc::unavailable); }
  task<result<store::ledger_row>> find(std::string) override { co_return fail(store::errc::unavailable); }
  task<result<std::vector<store::ledger_row>>> list(store::write_state, std::size_t) override {
    co_return fail(store::errc::unavailable);
  }
  task<result<std::vector<store::ledger_row>>> all() override { co_return fail(store::errc::unavailable); }
};

class broken_log final : public audit::log {
 public:
  task<result<std::uint64_t>> append(audit::entry) override { co_return fail(audit::errc::unavailable); }
  void start_append(audit::entry, append_handler done) override { done(fail(audit::errc::unavailable)); }
  void for_each(const std::function<void(const audit::entry&)>&) const override {}
  std::uint64_t size() const override { return 0; }
};

TEST(Writes, AreNotSentWhereTheyCannotBeRecordedFirst) {
  {
    world w;
    w.ledger = std::make_unique<broken_ledger>();
    const auto body = [](world& here) -> task<> {
      lab_order order = here.order();
      const auto got = co_await here.epic().order_lab(std::move(order));
      EXPECT_EQ(got.error(), make_error_code(errc::ledger_unavailable));
      const auto started = co_await here.epic().start();
      EXPECT_EQ(started.error(), make_error_code(errc::ledger_unavailable));
    };
    w.run(body);
    EXPECT_TRUE(w.epic_site.requests.empty());
  }
  world w;
  w.audit = std::make_unique<broken_log>();
  const auto body = [](world& here) -> task<> {
    lab_order order = here.order();
    const auto got = co_await here.epic().order_lab(std::move(order));
    EXPECT_EQ(got.error(), make_error_code(errc::audit_unavailable));
  };
  w.run(body);
  EXPECT_TRUE(w.epic_site.requests.empty());
  EXPECT_TRUE(w.paths.empty());
}

TEST(Writes, OfTheSameOperationAreOneWrite) {
  world w;
  const auto body = [](world& here) -> task<> {
    const auto first = co_await ordered(here, "op-w");
    const auto again = co_await ordered(here, "op-w");
    EXPECT_EQ(again.state, write_state::written);
    EXPECT_EQ(again.resource, first.resource);
    lab_order other = here.order("op-w");
    other.loinc = "24323-8";
    const auto refused = co_await here.epic().order_lab(std::move(other));
    EXPECT_EQ(refused.error(), make_error_code(errc::conflict));
  };
  w.run(body);
  EXPECT_EQ(w.epic_site.count("POST", "ServiceRequest"), 1U);
}

TEST(Writes, AreCheckedBeforeAnythingElse) {
  world w;
  const auto body = [](world& here) -> task<> {
    lab_order no_code = here.order();
    no_code.loinc = "CBC";
    const auto first = co_await here.epic().order_lab(std::move(no_code));
    EXPECT_EQ(first.error(), make_error_code(errc::invalid_argument));
    note no_encounter = here.progress_note();
    no_encounter.who.encounter.clear();
    const auto second = co_await here.epic().file_note(std::move(no_encounter));
    EXPECT_EQ(second.error(), make_error_code(errc::invalid_argument));
    lab_order bad_id = here.order("a.b");
    const auto third = co_await here.epic().order_lab(std::move(bad_id));
    EXPECT_EQ(third.error(), make_error_code(errc::invalid_argument));
    remember(here, first);
  };
  w.run(body);
  EXPECT_TRUE(w.epic_site.requests.empty());
  EXPECT_EQ(w.audit->size(), 0U);
}

TEST(Writes, FailAtOnceWhileTheCircuitIsOpenAndTheirRowIsClosed) {
  world w("runbook");
  script_posts(w, answering(500), 1000);
  const auto body = [](world& here) -> task<> {
    lab_order one = here.order("op-x");
    for (int i = 0; i < 40 && here.circuit(endpoint_class::write) == resilience::breaker_state::closed; ++i) {
      one.who.operation = "op-" + std::to_string(i);
      one.who.deadline = here.now() + 1s;
      lab_order copy = one;
      (void)co_await here.epic().order_lab(std::move(copy));
    }
    const auto posts = here.epic_site.count("POST", "ServiceRequest");
    const instant before = here.now();
    const auto got = co_await ordered(here, "op-w");
    EXPECT_EQ(got.state, write_state::not_sent);
    EXPECT_EQ(*got.why, make_error_code(errc::circuit_open));
    EXPECT_LT(here.now() - before, 10ms);
    EXPECT_EQ(here.epic_site.count("POST", "ServiceRequest"), posts);
  };
  w.run(body);
  EXPECT_EQ(w.path_of("op-w"), "PLANNED NOT_SENT");
}

}  // namespace
}  // namespace epicenter::epic::test
