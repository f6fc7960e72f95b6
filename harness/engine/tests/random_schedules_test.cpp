// Random fault schedules in virtual time: whatever the schedule, the invariants hold, the adapter is well
// again after the faults are gone, and a seed always leads to the same events.
//
// EPICENTER_SEEDS=N draws that many fresh seeds, EPICENTER_FIRST_SEED=N starts at another one,
// EPICENTER_SEED=N runs that one alone. Seeds that ever failed are in ci/seeds.txt and run first, always.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>

#include <epicenter/runtime/random.hpp>

#include "harness/engine/run.hpp"
#include "harness/engine/tests/random_schedule.hpp"
#include "harness/faults/catalog.hpp"

namespace epicenter::engine {
namespace {

using runtime::random_stream;

/// What the verdict holds against the run. A fault that hits no call is no failure here.
std::string complaints_about(const finished_run& run) {
  std::ostringstream out;
  if (run.record.exit_code != 0 && run.record.exit_code != 4)
    out << "exit code " << run.record.exit_code << '\n';
  for (const auto& e : run.record.experiments) {
    for (const auto& c : e.checks) {
      const bool proven_nothing =
          c.status == reports::status::inconclusive && c.kind != "coverage" && c.phase != "during";
      if (c.status != reports::status::failed && !proven_nothing) continue;
      out << c.kind << ' ' << c.phase << ' ' << c.name << ": " << c.message << " (" << c.value << ", wanted "
          << c.wanted << ")\n";
    }
  }
  return out.str();
}

/// What the schedules brought about: shows whether they are worth running.
class tally {
 public:
  void add(const reports::experiment_record& e) {
    for (const auto& [state, n] : e.writes) counts_["writes " + state] += n;
    for (const auto& [name, n] : e.counters) counts_[name] += n;
    for (const auto& c : e.circuits) counts_["circuits " + c.to] += 1;
  }
  std::string text() const {
    std::ostringstream out;
    for (const auto& [name, n] : counts_) out << name << ' ' << n << ", ";
    return out.str();
  }

 private:
  std::map<std::string, std::uint64_t> counts_;
};

using judge = std::string (*)(const finished_run&);
using make_options = run_options (*)(std::uint64_t seed);

/// Runs the seed twice; empty where all is well.
std::string trouble_with(std::uint64_t seed, judge complaints, make_options options_for, tally& seen) {
  const auto s = schedule_of(seed);
  std::string trouble;
  try {
    auto first = run_scenario(s, options_for(seed));
    if (!first) {
      trouble = "no run: " + first.error().message() + '\n';
    } else {
      trouble = complaints(*first);
      for (const auto& e : first->record.experiments) seen.add(e);
      const auto second = run_scenario(s, options_for(seed));
      if (!second || second->event_hash != first->event_hash || second->events != first->events) {
        trouble += "the same seed led to other events\n";
      }
    }
  } catch (const std::exception& thrown) {
    trouble += std::string("thrown: ") + thrown.what() + '\n';
  }
  return trouble.empty() ? trouble : trouble + describe(s);
}

run_options undisturbed(std::uint64_t seed) {
  run_options options;
  options.seed = seed;
  return options;
}

/// Ctrl-C at a random moment: the engine asks about every 100 ms.
run_options interrupted_somewhere(std::uint64_t seed) {
  random_stream r(runtime::derive_seed(seed, "interrupt"));
  auto options = undisturbed(seed);
  const auto left = std::make_shared<std::int64_t>(r.between(std::int64_t{20}, std::int64_t{1200}));
  options.interrupted = [left] { return --*left < 0 ? std::optional(SIGINT) : std::nullopt; };
  return options;
}

/// Writes may be left open for the next start to take over; nothing may be wrong about them.
std::string complaints_about_interrupted(const finished_run& run) {
  std::ostringstream out;
  if (run.record.exit_code != 128 + SIGINT) out << "exit code " << run.record.exit_code << '\n';
  for (const auto& e : run.record.experiments) {
    for (const auto& c : e.checks) {
      const bool contradicts = c.message.find("was told") != std::string::npos ||
                               c.message.find("Epic has") != std::string::npos ||
                               c.message.find("no ledger row") != std::string::npos;
      if (c.status != reports::status::failed && !contradicts) continue;
      if (c.phase == "during" || c.phase == "recovery") continue;
      out << c.kind << ' ' << c.name << ": " << c.message << '\n';
    }
  }
  return out.str();
}

std::optional<std::uint64_t> number_in(const char* variable) {
  const char* text = std::getenv(variable);
  if (text == nullptr || *text == '\0') return std::nullopt;
  return std::stoull(text);
}

/// One seed a line; what follows it on the line says why.
std::vector<std::uint64_t> kept_seeds() {
  std::ifstream file(EPICENTER_SOURCE_DIR "/ci/seeds.txt");
  if (!file) throw std::runtime_error("ci/seeds.txt cannot be read");
  std::vector<std::uint64_t> seeds;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    seeds.push_back(std::stoull(line));
  }
  return seeds;
}

/// Proof that a defect would be seen: a server that says it did nothing, and did, makes any careful client
/// write twice.
TEST(RandomSchedules, AreSeenToFailWhereAServerLies) {
  auto s = schedule_of(1);
  auto& e = s.experiments.front();
  e.during = 30s;
  scenario::fault lie;
  lie.type = "error";
  lie.name = "lie";
  lie.match.operation = "order-lab";
  lie.match.every = 2;
  const json::object params{{"status", json::array{429}}, {"committed", true}};
  lie.params = *faults::canonical_parameters(*faults::find("error"), params);
  e.faults = {lie};
  const auto run = run_scenario(s, {});
  ASSERT_TRUE(run);
  EXPECT_EQ(run->record.exit_code, 1);
  EXPECT_NE(complaints_about(*run).find("no_duplicate_write"), std::string::npos) << complaints_about(*run);
}

TEST(RandomSchedules, SeedsThatEverFailedHold) {
  if (number_in("EPICENTER_SEED")) GTEST_SKIP() << "one seed was asked for";
  tally seen;
  for (const auto seed : kept_seeds()) {
    const auto trouble = trouble_with(seed, complaints_about, undisturbed, seen);
    EXPECT_TRUE(trouble.empty()) << trouble;
    const auto cut = trouble_with(seed, complaints_about_interrupted, interrupted_somewhere, seen);
    EXPECT_TRUE(cut.empty()) << cut;
  }
}

#ifdef __OPTIMIZE__
constexpr std::uint64_t seeds_by_default = 3;
#else
constexpr std::uint64_t seeds_by_default = 1;  // unoptimised, with sanitizers, a seed takes a minute
#endif

void try_seeds(judge complaints, make_options options_for) {
  const auto only = number_in("EPICENTER_SEED");
  const auto first = only.value_or(number_in("EPICENTER_FIRST_SEED").value_or(1));
  const auto count = only ? 1 : number_in("EPICENTER_SEEDS").value_or(seeds_by_default);
  tally seen;
  for (auto seed = first; seed < first + count; ++seed) {
    const auto trouble = trouble_with(seed, complaints, options_for, seen);
    EXPECT_TRUE(trouble.empty()) << trouble;
  }
  std::cout << count << " seeds from " << first << ": " << seen.text() << '\n';
}

TEST(RandomSchedules, AreSafeAndRecoverAndRepeatThemselves) {
  try_seeds(complaints_about, undisturbed);
}

TEST(RandomSchedules, AreSafeWhenInterrupted) {
  try_seeds(complaints_about_interrupted, interrupted_somewhere);
}

}  // namespace
}  // namespace epicenter::engine
