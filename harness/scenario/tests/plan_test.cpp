#include "harness/scenario/plan.hpp"

#include "harness/scenario/tests/support.hpp"

namespace epicenter::scenario {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::small;
using testing::with;

scenario sound(const std::string& text) {
  load_result read = load_text("t.yaml", text);
  EXPECT_TRUE(read.has_value()) << (read ? "" : testing::all_text(read.error()));
  return read ? std::move(*read) : scenario{};
}

const std::string timeline = with(small, "      - {type: outage}\n",
                                  "      - {type: outage, name: dark, at: 5s, lasting: 10s}\n"
                                  "      - {type: token_expiry, name: expiry, at: 20s}\n"
                                  "      - {type: latency, delay: 1s, lasting: 2s}\n"
                                  "    must:\n"
                                  "      - {circuit_state: OPEN, within: 3s, after: dark.start}\n"
                                  "      - {circuit_state: CLOSED, within: 1h, after: fault_end}\n"
                                  "      - {metric: client_401s, at_most: 0}\n");

TEST(plan, places_phases_faults_and_windows_from_the_start_of_the_experiment) {
  const plan planned = make_plan(sound(timeline));
  const planned_experiment& one = planned.experiments.at(0);
  EXPECT_EQ(one.length, 210s);
  EXPECT_EQ(planned.length, 210s);
  EXPECT_EQ(one.phases[0].judged_from, 10s);
  EXPECT_EQ(one.phases[1].from, 60s);
  EXPECT_EQ(one.phases[2].judged_from, 165s);
  ASSERT_EQ(one.faults.size(), 3U);
  EXPECT_EQ(one.faults[0].name, "latency-3");
  EXPECT_EQ(one.faults[0].until, 62s);
  EXPECT_EQ(one.faults[1].from, 65s);
  EXPECT_EQ(one.faults[1].until, 75s);
  EXPECT_TRUE(one.faults[2].instant);
  EXPECT_EQ(one.at("fault_start"), 60s);
  EXPECT_EQ(one.at("fault_end"), 80s);
  EXPECT_EQ(one.at("dark.end"), 75s);
  EXPECT_EQ(one.at("nothing"), std::nullopt);
  EXPECT_EQ(one.must_windows[0].until, 68s);
  EXPECT_EQ(one.must_windows[1].until, 210s);  // cut at the end
  EXPECT_EQ(one.must_windows[2].from, 60s);
  EXPECT_EQ(one.expected_operations, 2100);
}

TEST(plan, counts_operations_over_stages) {
  const plan planned = make_plan(
      sound(with(small, "rate: 10/s", "stages: [{rate: 600/m, length: 1m}, {rate: 20/s, length: 1s}]")));
  EXPECT_EQ(planned.experiments.at(0).expected_operations, 600 + 150 * 20);
  const plan closed = make_plan(sound(with(small, "rate: 10/s", "model: closed")));
  EXPECT_EQ(closed.experiments.at(0).expected_operations, std::nullopt);
}

TEST(plan, derives_a_seed_from_root_and_name) {
  const plan a = make_plan(sound(small), 7);
  EXPECT_EQ(a.experiments.at(0).seed, derived_seed(7, "one"));
  EXPECT_EQ(derived_seed(7, "one"), derived_seed(7, "one"));
  EXPECT_NE(derived_seed(7, "one"), derived_seed(8, "one"));
  EXPECT_NE(derived_seed(7, "one"), derived_seed(7, "two"));
  EXPECT_EQ(make_plan(sound(small + "seed: 9\n")).seed, 9U);
}

TEST(plan, names_what_the_guard_refuses_and_what_cannot_be_judged) {
  const auto refusals = [](const std::string& more) { return make_plan(sound(small + more)).refusals; };
  EXPECT_THAT(refusals(""), ElementsAre());
  EXPECT_THAT(refusals("blast_radius: {max_rate: 9/s}\n"),
              ElementsAre(HasSubstr("above the blast radius's max_rate")));
  EXPECT_THAT(refusals("blast_radius: {max_run_time: 1m}\n"), ElementsAre(HasSubstr("max_run_time")));
  EXPECT_THAT(refusals("target: {environment: production}\n"), ElementsAre(HasSubstr("production")));
  EXPECT_EQ(make_plan(sound(small + "min_samples: 400\n")).warnings.size(), 1U);
}

TEST(plan, prints_what_runs_and_what_is_judged) {
  const scenario read = sound(timeline);
  const std::string text = print_plan(read, make_plan(read));
  for (const char* part :
       {"1 experiment, 3m30s in all", "about 2100 operations", "dark to 1m15s: outage",
        "expiry at once: token_expiry", "circuit_state OPEN within 3s after dark.start (1m5s to 1m8s)",
        "success_rate healthy > 99%, critical < 95%", "127.0.0.1, localhost"})
    EXPECT_THAT(text, HasSubstr(part));
}

}  // namespace
}  // namespace epicenter::scenario
