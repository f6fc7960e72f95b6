#include "reports/summary.hpp"

#include "reports/tests/support.hpp"

namespace epicenter::reports {
namespace {

using namespace testing;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

std::string shown(reports::unit unit, std::int64_t value) {
  return figure_of("m", unit, value, "", "").shown();
}

TEST(figure, is_shown_as_people_read_it_and_never_rounded_up) {
  EXPECT_EQ(shown(unit::ppm, 992'000), "99.2%");
  EXPECT_EQ(shown(unit::ppm, 1'000'000), "100%");
  EXPECT_EQ(shown(unit::ppm, 989'999), "98.99%");
  EXPECT_EQ(shown(unit::ppm, 0), "0%");
  EXPECT_EQ(shown(unit::nanoseconds, 412'345'678), "412.3ms");
  EXPECT_EQ(shown(unit::nanoseconds, 500'000'000), "500ms");
  EXPECT_EQ(shown(unit::nanoseconds, 999'999'999), "999.9ms");
  EXPECT_EQ(shown(unit::nanoseconds, 1'234'567'890), "1.234s");
  EXPECT_EQ(shown(unit::nanoseconds, 72'900'000'000), "1m12s");
  EXPECT_EQ(shown(unit::nanoseconds, 87'999), "87us");
  EXPECT_EQ(shown(unit::nanoseconds, 999), "999ns");
  EXPECT_EQ(shown(unit::millionths, 1'180'000), "1.18");
  EXPECT_EQ(shown(unit::millionths, 3'000'000), "3");
  EXPECT_EQ(shown(unit::count, 17), "17");
  figure f;
  EXPECT_EQ(f.shown(), "-");
  f.unit = unit::state;
  f.state = "HALF_OPEN";
  EXPECT_EQ(f.shown(), "HALF_OPEN");
}

TEST(place, is_file_line_column) {
  EXPECT_EQ((place{"a.yaml", 44, 7}).text(), "a.yaml:44:7");
  EXPECT_EQ((place{"a.yaml", 44, 0}).text(), "a.yaml:44");
  EXPECT_EQ((place{"a.yaml", 0, 0}).text(), "a.yaml");
}

TEST(summary, the_table_has_value_level_and_bounds_of_each_phase) {
  const auto text = summary_of(one_run().experiments[0], {});
  EXPECT_THAT(text, ContainsRegex("success_rate +99.2% healthy +93.1% critical +97% warning +healthy > 99%, "
                                  "critical < 95%\n"));
  EXPECT_THAT(text, ContainsRegex("avg_latency +412.3ms healthy .*healthy < 500ms, critical > 2s\n"));
  EXPECT_THAT(text, ContainsRegex("retry_amplification +1.18 warning "))
      << "a long name does not run into its value";
  EXPECT_THAT(text, ContainsRegex("operations +700 +700 +700"));
  EXPECT_THAT(text, HasSubstr("FAILED       epic-outage  (4m)"));
  EXPECT_THAT(text, Not(HasSubstr("\033")));
}

TEST(summary, a_check_that_is_not_passed_says_why_and_where) {
  const auto text = summary_of(one_run().experiments[0], {});
  EXPECT_THAT(text, HasSubstr("FAILED       during: success_rate: 93.1%\n"));
  EXPECT_THAT(text, HasSubstr("is critical\n"));
  EXPECT_THAT(text, HasSubstr("wanted: at worst healthy\n"));
  EXPECT_THAT(text, HasSubstr("at /home/someone/epic.yaml:44:7\n"));
  EXPECT_THAT(text, HasSubstr("INCONCLUSIVE fault outage-1"));
  EXPECT_THAT(text, HasSubstr("WARNING      recovery: success_rate"));
  EXPECT_THAT(text, HasSubstr("3 of 5 checks passed\n"));
  EXPECT_THAT(text, Not(HasSubstr("no_lost_write")));
  EXPECT_THAT(summary_of(one_run().experiments[0], {false, true}), HasSubstr("PASSED       no_lost_write"));
}

TEST(summary, counts_stand_in_one_line) {
  const auto text = summary_of(one_run().experiments[0], {});
  EXPECT_THAT(text, HasSubstr("fault outage-1: 80 of 90 calls hit\n"));
  EXPECT_THAT(text, HasSubstr("600 operations, 2400 calls to Epic, 17 retries, 31 stale answers; writes: "
                              "2 NEEDS_REVIEW 98 WRITTEN\n"));
}

TEST(summary, color_changes_nothing_but_color) {
  auto text = summary_of(one_run().experiments[0], {true, false});
  EXPECT_THAT(text, HasSubstr("\033["));
  for (std::size_t at; (at = text.find('\033')) != std::string::npos;)
    text.erase(at, text.find('m', at) - at + 1);
  EXPECT_EQ(text, summary_of(one_run().experiments[0], {}));
}

TEST(summary, phases_with_fewer_figures_and_records_without_phases_are_shown) {
  auto e = one_run().experiments[0];
  e.phases[1].figures.resize(1);
  EXPECT_THAT(summary_of(e, {}), ContainsRegex("avg_latency +412.3ms healthy +- +412.3ms healthy"));
  e.phases.clear();
  e.checks.clear();
  EXPECT_THAT(summary_of(e, {}), HasSubstr("0 of 0 checks passed"));
}

TEST(closing, names_verdict_exit_code_and_folder) {
  const auto text = closing_of(one_run(), "out/epic-resilience/virtual", {});
  EXPECT_THAT(text, HasSubstr("epic-resilience, virtual time, seed 42"));
  EXPECT_THAT(text, HasSubstr("verdict: FAILED, exit code 1 (failed)"));
  EXPECT_THAT(text, HasSubstr("reports: out/epic-resilience/virtual"));
}

TEST(closing, names_runbook_and_owner_beside_a_failure_only) {
  auto run = one_run();
  EXPECT_THAT(closing_of(run, "out", {}),
              HasSubstr("  runbook: docs/runbook.md\n  owner: integrations-oncall\n"));
  run.status = status::warning;
  EXPECT_THAT(closing_of(run, "out", {}), Not(HasSubstr("runbook")));
}

TEST(comparison, shows_the_figures_of_two_clocks_beside_each_other) {
  auto real = one_run();
  real.clock = "real";
  real.experiments[0].phases[1].figures[0].value = 940'000;
  const auto text = comparison_of(one_run(), real, {});
  EXPECT_THAT(text, ContainsRegex("virtual +real\n"));
  EXPECT_THAT(text, ContainsRegex("during success_rate +93.1% critical +94% critical\n"));
  real.experiments[0].phases.resize(1);
  EXPECT_THAT(comparison_of(one_run(), real, {}), Not(HasSubstr("during")));
  real.experiments.clear();
  EXPECT_THAT(comparison_of(one_run(), real, {}), Not(HasSubstr("epic-outage")));
}

TEST(exit_codes, all_have_a_meaning) {
  for (const int code : {0, 1, 2, 3, 4, 5, 6, 7, 8, 70, 130, 143})
    EXPECT_NE(meaning_of(code), "unknown") << code;
  EXPECT_EQ(meaning_of(99), "unknown");
}

}  // namespace
}  // namespace epicenter::reports
