// What the format takes has an effect: what could have none is refused, and never read and then ignored.
#include "harness/scenario/tests/support.hpp"

namespace epicenter::scenario {
namespace {

using testing::all_text;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::messages;
using testing::small;
using ::testing::StartsWith;
using testing::troubles;
using testing::with;

std::string with_fault(const std::string& fault) {
  return with(small, "{type: outage}", fault);
}

TEST(honest_keys, every_version_but_the_known_one_is_refused) {
  EXPECT_THAT(messages(with(small, "version: 1", "version: 0")),
              ElementsAre(AllOf(StartsWith("1:10"), HasSubstr("known is 1"))));
  EXPECT_THAT(messages(with(with(small, "version: 1", "version: 2"), "it holds", "")),
              ElementsAre(HasSubstr("known is 1"), HasSubstr("no value")));
}

TEST(honest_keys, a_duration_that_sums_of_times_could_not_hold_is_refused) {
  EXPECT_THAT(messages(with_fault("{type: outage, at: 2000000h}")), ElementsAre(HasSubstr("at most 168h")));
}

TEST(honest_keys, what_acts_at_one_moment_hits_all_there_is) {
  EXPECT_THAT(messages(with_fault("{type: token_expiry, when_in_flight: 3}")), IsEmpty());
  const auto chosen = troubles(with_fault("{type: token_expiry, match: {operation: order-lab}}"));
  ASSERT_EQ(chosen.size(), 1U) << all_text(chosen);
  EXPECT_EQ(chosen[0].kind, trouble::unsupported);
  EXPECT_THAT(chosen[0].message, HasSubstr("not yet supported"));
  EXPECT_THAT(messages(with_fault("{type: token_expiry, rate: 50%}")),
              ElementsAre(HasSubstr("not yet supported")));
  EXPECT_THAT(messages(with_fault("{type: mutate, element: status, value: final, rate: 50%}")),
              ElementsAre(HasSubstr("not yet supported")));
  EXPECT_THAT(messages(with_fault("{type: maintenance, rate: 50%, match: {operation: order-lab}}")),
              IsEmpty());
  EXPECT_THAT(messages(with_fault("{type: error, status: 503, rate: 50%, match: {operation: order-lab}}")),
              IsEmpty());
}

TEST(honest_keys, what_is_known_only_at_the_end_stops_nothing_and_holds_in_no_baseline) {
  EXPECT_THAT(messages(small + "stop_conditions: [{metric: lost_writes, above: 0}]\n"),
              ElementsAre(AllOf(StartsWith("12:28"), HasSubstr("write the invariant no_lost_write"))));
  EXPECT_THAT(messages(small + "stop_conditions: [{metric: duplicate_writes, above: 0}]\n"),
              ElementsAre(HasSubstr("write the invariant no_duplicate_write")));
  const std::string threshold = "thresholds: {lost_writes: {healthy_below: 1, critical_above: 3}}\n";
  EXPECT_THAT(messages(small + threshold + "steady_state: {lost_writes: healthy}\n"),
              ElementsAre(AllOf(StartsWith("13:29"), HasSubstr("at_worst"))));

  const load_result read = load_text("t.yaml", small + threshold);
  ASSERT_TRUE(read) << all_text(read.error());
  for (const level_rule& rule : read->steady_state) EXPECT_NE(rule.metric, metric_id::lost_writes);
  EXPECT_EQ(read->experiments.at(0).at_worst.size(), read->thresholds.size()) << "during is judged by it";
}

TEST(honest_keys, a_wait_that_could_not_be_kept_is_refused) {
  EXPECT_THAT(messages(small + "adapter: {breaker: {all: {open_wait: 5s, max_open_wait: 1s}}}\n"),
              ElementsAre(HasSubstr("max_open_wait is below open_wait")));
  EXPECT_THAT(messages(small + "adapter: {breaker: {all: {open_wait: 5s, max_open_wait: 5s}}}\n"), IsEmpty());
}

TEST(honest_keys, a_lease_that_proxy_and_mock_would_not_take_is_refused) {
  EXPECT_THAT(messages(small + "blast_radius: {fault_lease: 1h}\n"), IsEmpty());
  EXPECT_THAT(messages(small + "blast_radius: {fault_lease: 61m}\n"),
              ElementsAre(AllOf(StartsWith("12:29"), HasSubstr("make it shorter"))));
}

}  // namespace
}  // namespace epicenter::scenario
