// The provider monitor inside the adapter.
#include "lib/epicenter/epic/tests/world.hpp"

namespace epicenter::epic::test {
namespace {

using resilience::breaker_state;
using resilience::endpoint_class;
using ::testing::Contains;
using ::testing::HasSubstr;

void answer_everything(world& w, unsigned status) {
  w.epic_site.script = [status](const http::request& request) -> std::optional<rule> {
    if (request.target == "/token") return std::nullopt;
    http::response answer;
    answer.status = status;
    return rule{twist::none, std::move(answer)};
  };
}

task<> read_context(world& w) {
  read_request request = w.reading();
  auto got = co_await w.epic().patient_context(std::move(request));
  remember(w, got);
}

task<> pass(world& w, duration time) {
  auto slept = co_await runtime::sleep_for(w.rt(), time);
  EXPECT_TRUE(slept);
}

provider_snapshot status(world& w) {
  return w.epic().monitor().get_status(w.now());
}

task<> outage(world& w) {
  w.epic_site.content["AllergyIntolerance"] = {resource_of("AllergyIntolerance", "eA", patient_id)};
  co_await read_context(w);
  EXPECT_EQ(status(w).health, provider_health::healthy);
  EXPECT_FALSE(status(w).fallback.active);
  co_await pass(w, 2min);
  answer_everything(w, 503);
  for (int i = 0; i < 40 && !status(w).fallback.active; ++i) co_await read_context(w);
  const auto during = status(w);
  EXPECT_TRUE(during.fallback.active) << "by itself";
  EXPECT_NE(during.health, provider_health::healthy);
  EXPECT_FALSE(during.fallback.served.empty());
  EXPECT_EQ(during.fallback.can_serve.size(), 4U) << "demographics, allergies, problems, medications";
  for (const auto& one : during.fallback.can_serve) {
    EXPECT_EQ(one.patients, 1U);
    EXPECT_GE(one.oldest, 2min);
    EXPECT_LT(one.oldest, one.bound);
  }
  EXPECT_EQ(to_json(during).string_at("message"), "EHR temporarily unavailable");
}

TEST(AdapterMonitor, SwitchesToTheFallbackByItselfAndSaysWhatItServes) {
  world w;
  w.run(outage);
}

task<> look_now(world& w) {
  auto good = co_await w.epic().check_health();
  EXPECT_TRUE(good && good->last_probe && good->last_probe->reachable && good->last_probe->status == 200);
  answer_everything(w, 502);
  auto bad = co_await w.epic().check_health();
  EXPECT_TRUE(bad && bad->last_probe && !bad->last_probe->reachable && bad->last_probe->status == 502);
  for (int i = 0; i < 40 && w.circuit(endpoint_class::metadata) != breaker_state::open; ++i)
    (void)co_await w.epic().check_health();
  EXPECT_EQ(w.circuit(endpoint_class::metadata), breaker_state::open);
  w.epic_site.script = nullptr;
  const auto sent = w.epic_site.requests.size();
  auto forced = co_await w.epic().check_health();
  EXPECT_EQ(w.epic_site.requests.size(), sent + 1) << "the open circuit did not keep it";
  EXPECT_TRUE(forced && forced->last_probe->reachable);
}

TEST(AdapterMonitor, AsksEpicWhenItIsToldToWhateverTheCircuitSays) {
  world w;
  w.run(look_now);
}

task<> by_hand(world& w) {
  answer_everything(w, 502);
  for (int i = 0; i < 60 && w.circuit(endpoint_class::search) != breaker_state::open; ++i)
    co_await read_context(w);
  EXPECT_EQ(w.circuit(endpoint_class::search), breaker_state::open);
  EXPECT_EQ(status(w).health, provider_health::unhealthy);
  EXPECT_FALSE(w.epic().to_half_open(endpoint_class::search, "", "healthy again"));
  w.epic_site.script = nullptr;
  EXPECT_TRUE(w.epic().to_half_open(endpoint_class::search, "clinician-1", "Epic is healthy again"));
  EXPECT_EQ(w.circuit(endpoint_class::search), breaker_state::half_open);
  EXPECT_EQ(w.told<events::circuit_changed>().back().change.actor, "clinician-1");
  EXPECT_EQ(status(w).endpoints.at(index_of(endpoint_class::search)).circuit_actor, "clinician-1");
  for (int i = 0; i < 5; ++i) {
    co_await pass(w, 16min);
    co_await read_context(w);
  }
  EXPECT_EQ(w.circuit(endpoint_class::search), breaker_state::closed);
  EXPECT_EQ(status(w).health, provider_health::healthy);
}

TEST(AdapterMonitor, LetsSomebodyTryAgainBeforeTheWaitIsOverAndNamesHim) {
  world w;
  w.run(by_hand);
}

}  // namespace
}  // namespace epicenter::epic::test
