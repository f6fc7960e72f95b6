#include <unistd.h>

#include <epicenter/store/sqlite.hpp>
#include <filesystem>

#include "lib/epicenter/epic/tests/world.hpp"

namespace epicenter::epic::test {
namespace {

// Every create is taken and never answered.
void never_answer_creates(world& w) {
  w.epic_site.script = [](const http::request& request) -> std::optional<rule> {
    if (request.method != "POST" || request.target == "/token") return std::nullopt;
    return rule{twist::hang, std::nullopt};
  };
}

TEST(Writes, InFlightWhenTheAdapterStopsStayUnknownForTheNextStart) {
  world w;
  never_answer_creates(w);
  const auto body = [](world& here) -> task<> {
    const auto stop = [](world& it) -> task<> {
      auto slept = co_await runtime::sleep_for(it.rt(), 100ms);
      (void)slept;
      co_await it.epic().stop(1s);
    };
    runtime::spawn(here.rt(), "stop", stop(here));
    lab_order order = here.order("op-w");
    const auto got = co_await here.epic().order_lab(std::move(order));
    EXPECT_EQ(got->state, write_state::unknown);
    EXPECT_EQ(here.now().time_since_epoch() / 100ms, 11) << "the grace, not the time-out";
    const auto row = co_await here.row("op-w");
    EXPECT_EQ(row.state, store::write_state::unknown);
    lab_order late = here.order("op-late");
    const auto refused = co_await here.epic().order_lab(std::move(late));
    EXPECT_EQ(refused.error(), make_error_code(errc::stopped));
  };
  w.run(body);
}

TEST(Writes, GoOnWhenTheirCallerIsCancelled) {
  world w;
  w.epic_site.latency = 500ms;
  const auto body = [](world& here) -> task<> {
    lab_order order = here.order("op-w");
    auto asked = here.epic().order_lab(std::move(order));
    const instant patience = here.now() + 700ms;  // the token takes 500 of them
    (void)co_await runtime::with_timeout(here.rt(), patience, std::move(asked));
    EXPECT_LT(here.now(), instant(701ms));
    const auto sending = co_await here.row("op-w");
    EXPECT_EQ(sending.state, store::write_state::sending);
    EXPECT_TRUE(co_await here.epic().drain(here.now() + 1s));
    const auto row = co_await here.row("op-w");
    EXPECT_EQ(row.state, store::write_state::written);
  };
  w.run(body);
}

task<> left_behind(store::ledger& ledger) {
  for (const auto* operation : {"op-planned", "op-found", "op-lost"}) {
    store::ledger_row row;
    row.operation = operation;
    row.kind = "order_lab";
    row.resource_type = "ServiceRequest";
    row.patient = patient_id;
    EXPECT_TRUE(co_await ledger.plan(row));
    if (row.operation == "op-planned") continue;
    store::ledger::change sent{operation, store::write_state::planned, store::write_state::sending, {}, {},
                               {}};
    EXPECT_TRUE(co_await ledger.advance(sent));
  }
}

TEST(Writes, LeftBehindByACrashAreTakenOver) {
  std::string folder = (std::filesystem::temp_directory_path() / "epicenter_epic_XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  {
    runtime::virtual_runtime before({});
    const auto ledger = store::open_ledger(before, folder + "/ledger.db").value();
    runtime::spawn(before, "before", left_behind(*ledger));
    ASSERT_EQ(before.run(), runtime::run_end::finished);
  }
  world w("interactive", folder + "/ledger.db");
  w.epic_site.filings.push_back({"ServiceRequest", "f7", "urn:epicenter:operation|op-found", patient_id});
  const auto body = [](world& here) -> task<> {
    EXPECT_TRUE(co_await here.epic().start());
    EXPECT_TRUE(co_await here.epic().drain(here.now() + 10min));
    const auto found = co_await here.row("op-found");
    EXPECT_EQ(found.resource_id, "f7");
  };
  w.run(body);
  EXPECT_EQ(w.path_of("op-planned"), "NOT_SENT");
  EXPECT_EQ(w.path_of("op-found"), "UNKNOWN WRITTEN");
  EXPECT_EQ(w.path_of("op-lost"), "UNKNOWN NEEDS_REVIEW");
  EXPECT_EQ(w.epic_site.count("POST", "ServiceRequest"), 0U);
  std::filesystem::remove_all(folder);
}

task<> stays_unknown_over(world& w, duration length) {
  EXPECT_TRUE(co_await w.epic().start());
  auto slept = co_await runtime::sleep_for(w.rt(), length);
  EXPECT_TRUE(slept);
  co_await w.epic().stop(1s);
}

TEST(Writes, TakenOverAgainAndAgainNeverUseARequestIdTwice) {
  world w;
  w.epic_site.script = [](const http::request& request) -> std::optional<rule> {
    if (request.target == "/token") return std::nullopt;
    http::response down;
    down.status = 502;
    return rule{twist::none, std::move(down)};
  };
  const auto body = [](world& here) -> task<> {
    store::ledger_row row;
    row.operation = "op-lost";
    row.kind = "order_lab";
    row.resource_type = "ServiceRequest";
    row.patient = patient_id;
    row.planned_at = here.rt().wall();
    EXPECT_TRUE(co_await here.ledger->plan(row));
    store::ledger::change sent{
        row.operation, store::write_state::planned, store::write_state::sending, {}, {}, {}};
    EXPECT_TRUE(co_await here.ledger->advance(sent));
    for (int restart = 0; restart < 4; ++restart) {
      co_await stays_unknown_over(here, 20s);
      here.events.clear();  // each adapter counts its own
      here.make_adapter();
    }
  };
  w.run(body);
  std::set<std::string> ids;
  std::size_t searches = 0;
  for (const auto& one : w.epic_site.requests) {
    if (one.request_id.rfind("op-lost.", 0) != 0) continue;
    ++searches;
    EXPECT_TRUE(ids.insert(one.request_id).second) << one.request_id << " came twice";
  }
  EXPECT_GT(searches, 8U);
}

// Three rows that were changed on the disk: planned, sent, and unknown with something of it in Epic.
task<> leave_damaged(world& w) {
  using enum store::write_state;
  for (const auto* operation : {"op-planned", "op-sent", "op-unknown"}) {
    store::ledger_row row;
    row.operation = operation;
    row.kind = "order_lab";
    row.resource_type = "ServiceRequest";
    row.patient = patient_id;
    row.payload = "{}";
    EXPECT_TRUE(co_await w.ledger->plan(row));
    if (row.operation == "op-planned") continue;
    store::ledger::change sent{operation, planned, sending, {}, {}, {}};
    EXPECT_TRUE(co_await w.ledger->advance(sent));
    if (row.operation == "op-sent") continue;
    store::ledger::change lost{operation, sending, unknown, {}, {}, {}};
    EXPECT_TRUE(co_await w.ledger->advance(lost));
  }
}

TEST(Writes, WhoseRowIsDamagedGoToAPersonAndNoChartIsSearched) {
  std::string folder = (std::filesystem::temp_directory_path() / "epicenter_epic_XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  store::ledger_options sealed;
  sealed.key = secret(std::string(32, 'k'));
  {
    world w("interactive", folder + "/ledger.db", sealed);
    w.epic_site.filings.push_back({"ServiceRequest", "f7", "urn:epicenter:operation|op-unknown", patient_id});
    const auto body = [&folder](world& here) -> task<> {
      co_await leave_damaged(here);
      auto disk = store::database::open(folder + "/ledger.db");
      EXPECT_TRUE(disk->execute("UPDATE ledger SET sealed = x'00'"));
      EXPECT_TRUE(co_await here.epic().start());
      EXPECT_TRUE(co_await here.epic().drain(here.now() + 10min));
      const auto list = co_await here.epic().worklist(10);
      EXPECT_EQ(list->size(), 2U);
      for (const auto& one : *list) EXPECT_FALSE(one.may_release);
    };
    w.run(body);
    EXPECT_EQ(w.path_of("op-planned"), "NOT_SENT") << "it never left";
    EXPECT_EQ(w.path_of("op-sent"), "NEEDS_REVIEW");
    EXPECT_EQ(w.path_of("op-unknown"), "NEEDS_REVIEW");
    EXPECT_EQ(w.epic_site.count("GET", "ServiceRequest"), 0U);
    EXPECT_EQ(w.epic_site.count("POST", "ServiceRequest"), 0U);
    EXPECT_EQ(w.alarms, std::vector<std::string>(2, "ledger_damaged ServiceRequest"));
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace epicenter::epic::test
