// Mock, proxy and harness as three processes on real sockets, and what is left when one of them dies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include <epicenter/http/url.hpp>
#include <epicenter/json/parse.hpp>
#include <filesystem>

#include "harness/cli/tests/program.hpp"
#include "harness/cli/tests/scenarios.hpp"

namespace epicenter::cli {
namespace {

using ::testing::HasSubstr;

struct Remote : ::testing::Test {
  void SetUp() override {
    mock = std::make_unique<program>(where, std::vector<std::string>{"mock", "--profile", "orders"});
    const auto urls = json::parse(mock->first_line());
    ASSERT_TRUE(urls) << mock->err();
    mock_admin = urls->string_at("admin");
    const auto fhir = http::parse_url(urls->string_at("fhir"));
    ASSERT_TRUE(fhir);
    proxy = std::make_unique<program>(where,
                                      std::vector<std::string>{"proxy", "--api", "127.0.0.1:0", "--upstream",
                                                               fhir->where.server.to_string()});
    const auto started = json::parse(proxy->first_line());
    ASSERT_TRUE(started) << proxy->err();
    proxy_api = started->string_at("api");
    front = "http://" + std::string(started->find("proxies")->if_array()->front().string_at("listen"));
  }

  std::vector<std::string> run_args(const small_scenario& s) {
    return {"run",          where.write(s.name + ".yaml", s.text()),
            "--clock",      "real",
            "--out",        where.file("out"),
            "--proxy-api",  proxy_api,
            "--mock-admin", mock_admin};
  }
  std::size_t faults() const {
    const auto all = get(proxy_api + "/faults");
    EXPECT_EQ(all.status, 200u);
    const auto* list = all.body.find("faults");
    return list == nullptr ? 0 : list->if_array()->size();
  }
  /// Anything that comes through from the mock.
  bool epic_answers() const { return get(front + "/").status != 0; }

  static small_scenario long_outage() {
    small_scenario s;
    s.name = "long";
    s.fault = "{type: outage, mode: refuse}";
    s.during = "60s";
    return s;
  }

  scratch where;
  std::unique_ptr<program> mock, proxy;
  std::string mock_admin, proxy_api, front;
};

TEST_F(Remote, AWholeRunPassesWhateverAnEarlierOneLeftBehind) {
  std::filesystem::create_directories(where.file("out/small/real"));
  const auto ledger = where.write("out/small/real/outage.ledger.sqlite", "rows of an earlier run");
  auto run = run_to_end(where, run_args({}));
  for (int more = 2; more > 0 && run.out.find("the load generator fell behind") != std::string::npos;
       --more) {
    run = run_to_end(where, run_args({}));  // a busy machine gets two more chances
  }
  EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
  EXPECT_EQ(faults(), 0u);
  EXPECT_TRUE(epic_answers());
  const auto record = json::parse(read_file(where.file("out/small/real/run.json")));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->string_at("clock"), "real");
  EXPECT_THAT(read_file(ledger), ::testing::StartsWith("SQLite format 3"));
}

TEST_F(Remote, KillingTheHarnessInMidFaultLeavesNoFaultFiveSecondsLater) {
  program harness(where, run_args(long_outage()));
  ASSERT_TRUE(comes_true([&] { return faults() == 1; }, within(15s))) << harness.out() << harness.err();
  EXPECT_FALSE(epic_answers()) << "the outage is on";
  harness.signal(SIGKILL);
  EXPECT_EQ(harness.wait(within(1s)), 128 + SIGKILL);
  EXPECT_TRUE(comes_true([&] { return faults() == 0; }, 5500ms));
  EXPECT_TRUE(comes_true([&] { return epic_answers(); }, 500ms));
}

TEST_F(Remote, ASignalRemovesTheFaultsAndEndsTheRunWithinTwoSeconds) {
  for (const int signal : {SIGINT, SIGTERM}) {
    program harness(where, run_args(long_outage()));
    ASSERT_TRUE(comes_true([&] { return faults() == 1; }, within(15s))) << harness.out() << harness.err();
    harness.signal(signal);
    EXPECT_EQ(harness.wait(within(2s)), 128 + signal) << harness.out() << harness.err();
    EXPECT_EQ(faults(), 0u);
    EXPECT_TRUE(epic_answers());
    EXPECT_THAT(read_file(where.file("out/long/real/events.jsonl")), HasSubstr("rollback.confirmed"));
  }
}

TEST_F(Remote, AProxyThatDiesInMidFaultIsARollbackThatNobodyConfirmed) {
  program harness(where, run_args(long_outage()));
  ASSERT_TRUE(comes_true([&] { return faults() == 1; }, within(15s))) << harness.out() << harness.err();
  proxy->signal(SIGKILL);
  EXPECT_EQ(harness.wait(within(30s)), 7) << harness.out() << harness.err();
}

TEST_F(Remote, AMockThatIsNotThereIsEightAndNamed) {
  mock->signal(SIGTERM);
  (void)mock->wait(within(2s));
  const auto run = run_to_end(where, run_args({}));
  EXPECT_EQ(run.exit_code, 8);
  const auto at = http::parse_url(mock_admin);
  ASSERT_TRUE(at);
  EXPECT_THAT(run.err, HasSubstr(at->where.server.to_string()));
  EXPECT_THAT(run.err, HasSubstr("--mock-admin cannot be used"));
  EXPECT_THAT(run.err, HasSubstr("nobody listens there"));
}

TEST(Embedded, ASignalEndsARealRunWithinTwoSeconds) {
  scratch where;
  small_scenario s;
  s.fault = "{type: outage, mode: blackhole}";
  s.during = "60s";
  const auto first = where.write("small.yaml", s.text());
  s.name = "later";
  program harness(where, {"run", first, where.write("later.yaml", s.text()), "--clock", "real", "--out",
                          where.file("out")});
  ASSERT_TRUE(comes_true([&] { return harness.err().find("during at") != std::string::npos; }, within(15s)));
  pause_for(500ms);
  harness.signal(SIGINT);
  EXPECT_EQ(harness.wait(within(2s)), 130) << harness.out() << harness.err();
  EXPECT_THAT(harness.err(), HasSubstr("interrupted: 1 more scenario did not run"));
  EXPECT_THAT(read_file(where.file("out/small/real/events.jsonl")), HasSubstr("rollback.confirmed"));
}

}  // namespace
}  // namespace epicenter::cli
