#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/engine/run.hpp"

namespace epicenter::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

reports::run_record run_of(std::string clock, reports::status in_recovery, int exit_code = 0) {
  reports::check during;
  during.phase = "during";
  during.name = "success_rate";
  reports::check recovery = during;
  recovery.phase = "recovery";
  recovery.status = in_recovery;
  reports::experiment_record e;
  e.name = "outage";
  e.checks = {during, recovery};
  reports::run_record r;
  r.clock = std::move(clock);
  r.exit_code = exit_code;
  r.experiments = {e};
  return r;
}

TEST(Disagreements, NoneWhereTheVerdictsAreTheSame) {
  const auto a = run_of("virtual", reports::status::failed, 1);
  auto b = run_of("real", reports::status::failed, 1);
  b.experiments[0].checks[0].value = "98.1%";  // figures differ, verdicts do not
  EXPECT_THAT(disagreements(a, b), IsEmpty());
}

TEST(Disagreements, AWarningIsAPass) {
  EXPECT_THAT(
      disagreements(run_of("virtual", reports::status::passed), run_of("real", reports::status::warning)),
      IsEmpty());
}

TEST(Disagreements, NamesCheckPhaseAndBothVerdicts) {
  EXPECT_THAT(
      disagreements(run_of("virtual", reports::status::passed), run_of("real", reports::status::failed)),
      ElementsAre("outage / recovery: success_rate: passed under virtual, failed under real"));
  EXPECT_THAT(disagreements(run_of("virtual", reports::status::inconclusive),
                            run_of("real", reports::status::passed)),
              ElementsAre("outage / recovery: success_rate: inconclusive under virtual, passed under real"));
}

TEST(Disagreements, ExitCodesCountToo) {
  EXPECT_THAT(disagreements(run_of("virtual", reports::status::passed, 0),
                            run_of("real", reports::status::passed, 5)),
              ElementsAre("exit code 0 under virtual, 5 under real"));
}

TEST(Disagreements, ACheckThatOnlyOneClockJudgedIsOne) {
  const auto a = run_of("virtual", reports::status::passed);
  auto b = run_of("real", reports::status::passed);
  b.experiments[0].checks.pop_back();
  EXPECT_THAT(disagreements(a, b), ElementsAre(HasSubstr("not judged under real")));
  EXPECT_THAT(disagreements(b, a), ElementsAre(HasSubstr("not judged under real")));
}

}  // namespace
}  // namespace epicenter::engine
