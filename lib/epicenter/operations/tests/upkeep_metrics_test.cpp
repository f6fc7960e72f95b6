// The upkeep as metrics and logs show it.
#include <epicenter/operations/observability.hpp>

#include "lib/epicenter/operations/tests/exposition.hpp"
#include "lib/epicenter/operations/tests/upkeep_world.hpp"

namespace epicenter::operations {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct UpkeepMetrics : test::upkeep_world {
  std::map<std::string, double> samples(observability& of) {
    const auto got = test::read_exposition(of.metrics({}, kept->report()));
    EXPECT_THAT(got.mistakes, IsEmpty());
    return {got.samples.begin(), got.samples.end()};
  }
};

TEST_F(UpkeepMetrics, TellWhenEachJobLastSucceededAndHowOftenItFailed) {
  observability all(rt, {});
  open(options());
  auto seen = samples(all);
  EXPECT_FALSE(seen.contains("epicenter_upkeep_last_success_timestamp_seconds{job=\"ledger_purge\"}"));
  EXPECT_FALSE(seen.contains("epicenter_audit_chain_intact"));
  EXPECT_EQ(seen.at("epicenter_upkeep_runs_total{job=\"ledger_purge\",result=\"ok\"}"), 0);
  pass(3 * 24h);
  seen = samples(all);
  const double purged = std::chrono::duration<double>(ledger_store.purged.back().time_since_epoch()).count();
  EXPECT_EQ(seen.at("epicenter_upkeep_last_success_timestamp_seconds{job=\"ledger_purge\"}"), purged);
  EXPECT_EQ(seen.at("epicenter_upkeep_runs_total{job=\"ledger_purge\",result=\"ok\"}"), 4);
  EXPECT_EQ(seen.at("epicenter_audit_chain_intact"), 1);
  ledger_store.fails = true;
  log.next.findings.push_back({audit::flaw::edited, 1});
  pass(3 * 24h);
  seen = samples(all);
  EXPECT_EQ(seen.at("epicenter_upkeep_last_success_timestamp_seconds{job=\"ledger_purge\"}"), purged);
  EXPECT_GT(seen.at("epicenter_upkeep_runs_total{job=\"ledger_purge\",result=\"failed\"}"), 40);
  EXPECT_GT(seen.at("epicenter_upkeep_failures_in_a_row{job=\"ledger_purge\"}"), 40);
  EXPECT_EQ(seen.at("epicenter_upkeep_overdue{job=\"ledger_purge\"}"), 1);
  EXPECT_EQ(seen.at("epicenter_upkeep_overdue{job=\"audit_back_up\"}"), 0);
  EXPECT_EQ(seen.at("epicenter_upkeep_runs_total{job=\"audit_verify\",result=\"alarm\"}"), 3);
  EXPECT_EQ(seen.at("epicenter_audit_chain_intact"), 0);
}

TEST_F(UpkeepMetrics, AreOneStreamWithTheLogs) {
  observability_options chosen;
  const test::log_folder logs;
  chosen.api_log = logs.file("api.log");
  chosen.audit_log = logs.file("audit.log");
  observability all(rt, chosen);
  log.next.findings.push_back({audit::flaw::edited, 17});
  auto made = upkeep::make(rt, {&ledger, &log}, options(), all.upkeep_observer());
  ASSERT_TRUE(made);
  kept = std::move(*made);
  kept->start();
  pass(1h);
  EXPECT_GE(all.stream().published(), 5U);
  EXPECT_THAT(test::read(logs.file("api.log")),
              HasSubstr("\"event\":\"upkeep.ended\",\"job\":\"ledger_back_up\""));
  EXPECT_THAT(test::read(logs.file("audit.log")), HasSubstr("edited at entry 17; 1 findings"));
}

}  // namespace
}  // namespace epicenter::operations
