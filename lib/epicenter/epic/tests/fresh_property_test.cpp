// Reads and writes of one patient at random, side by side, at a site that loses answers: whatever a read
// shows, nothing is missing that is in the chart and whose write was told to be there, or UNKNOWN, before it
// was asked for.
#include <cstdlib>
#include <epicenter/runtime/random.hpp>

#include "lib/epicenter/epic/tests/world.hpp"

namespace epicenter::epic::test {
namespace {

constexpr duration length = 10min;

// EPICENTER_SEEDS: how many.
std::uint64_t seeds() {
  const char* const asked = std::getenv("EPICENTER_SEEDS");
  return asked == nullptr ? 15 : std::strtoull(asked, nullptr, 10);
}

struct day {
  explicit day(std::uint64_t seed) : random(seed) {}
  duration up_to(int milliseconds) {
    return std::chrono::milliseconds(random.below(static_cast<std::uint64_t>(milliseconds)));
  }
  bool in(int of_ten) { return random.below(10) < static_cast<std::uint64_t>(of_ten); }

  runtime::random_stream random;
  bool away = false;
  int writes = 0;
  int kept_shown = 0;  ///< reads answered from what is kept
  int failed = 0;
  int running = 0;
};

rule what_happens(day& today, const http::request& request) {
  rule what;
  if (today.away) {
    http::response none;
    none.status = 503;
    what.answer = std::move(none);
  } else if (request.method == "POST") {
    constexpr std::array fates{
        twist::none,  twist::none, twist::commit_and_reset, twist::commit_twice_and_reset,
        twist::reset, twist::hang};
    what.how = fates.at(today.random.below(fates.size()));
  }
  if (today.in(3)) what.late = today.up_to(900);
  return what;
}

task<> write_now_and_then(world& w, day& today) {
  while (w.now() < instant(length)) {
    auto slept = co_await runtime::sleep_for(w.rt(), today.up_to(90'000));
    EXPECT_TRUE(slept);
    const std::string operation = "op-w" + std::to_string(++today.writes);
    allergy asked;
    asked.who = w.writing(operation);
    asked.who.queue = today.in(3);
    asked.who.deadline = w.now() + 1s + today.up_to(60'000);
    asked.substance = {"http://www.nlm.nih.gov/research/umls/rxnorm", std::to_string(today.writes), "A drug"};
    (void)co_await w.epic().add_allergy(std::move(asked));
  }
  --today.running;
}

// What is in the chart by writes that are not on their way (again).
std::vector<std::string> known_filings(const world& w) {
  std::map<std::string, bool> is_told;
  for (const auto& step : w.paths) {
    const auto space = step.find(' ');
    const auto state = step.substr(space + 1);
    is_told["urn:epicenter:operation|" + step.substr(0, space)] = state != "PLANNED" && state != "SENDING";
  }
  std::vector<std::string> ids;
  for (const auto& one : w.epic_site.filings)
    if (is_told[one.identifier]) ids.push_back(one.id);
  return ids;
}

bool shows(const section& list, const std::string& id) {
  for (const auto& one : list.resources)
    if (one.string_at("id") == id) return true;
  return false;
}

task<> read_now_and_then(world& w, day& today) {
  while (w.now() < instant(length)) {
    auto slept = co_await runtime::sleep_for(w.rt(), today.up_to(4'000));
    EXPECT_TRUE(slept);
    const auto there = known_filings(w);
    read_request request = w.reading();
    request.live = today.in(1);
    const bool live = request.live;
    const auto got = co_await w.epic().allergies(std::move(request));
    if (!got) {
      ++today.failed;
      continue;
    }
    if (got->from.source != source::live) ++today.kept_shown;
    EXPECT_TRUE(!live || got->from.source == source::live);
    for (const auto& id : there)
      EXPECT_TRUE(shows(*got, id)) << id << " at " << w.now().time_since_epoch() / 1ms << " ms, source "
                                   << static_cast<int>(got->from.source);
  }
  --today.running;
}

task<> go_away_now_and_then(world& w, day& today) {
  while (w.now() < instant(length)) {
    auto slept = co_await runtime::sleep_for(w.rt(), today.up_to(150'000));
    EXPECT_TRUE(slept);
    today.away = true;
    slept = co_await runtime::sleep_for(w.rt(), today.up_to(60'000));
    EXPECT_TRUE(slept);
    today.away = false;
  }
  --today.running;
}

task<> live_through(world& w, day& today) {
  today.running = 6;
  for (int i = 0; i < 2; ++i) runtime::spawn(w.rt(), "writer", write_now_and_then(w, today));
  for (int i = 0; i < 3; ++i) runtime::spawn(w.rt(), "reader", read_now_and_then(w, today));
  runtime::spawn(w.rt(), "outages", go_away_now_and_then(w, today));
  while (today.running > 0) {
    auto slept = co_await runtime::sleep_for(w.rt(), 1s);
    EXPECT_TRUE(slept);
  }
  EXPECT_TRUE(co_await w.epic().drain(w.now() + 1h));
}

TEST(ReadsAfterWrites, NeverLackWhatIsInTheChartAndWasAnswered) {
  int kept_shown = 0;
  int failed = 0;
  for (std::uint64_t seed = 1; seed <= seeds() && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    world w;
    day today(seed);
    w.epic_site.script = [&today](const http::request& request) -> std::optional<rule> {
      if (request.target == "/token") return std::nullopt;
      return what_happens(today, request);
    };
    w.run([&today](world& here) { return live_through(here, today); });
    kept_shown += today.kept_shown;
    failed += today.failed;
  }
  EXPECT_GT(kept_shown, 100) << "else this shows nothing about the cache";
  EXPECT_GT(failed, 10) << "nor about outages";
}

}  // namespace
}  // namespace epicenter::epic::test
