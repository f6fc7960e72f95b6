#include "lib/epicenter/epic/tests/world.hpp"

namespace epicenter::epic::test {
namespace {

using resilience::breaker_state;
using resilience::endpoint_class;

task<result<labs>> ask(world& w, std::string operation = "op-r") {
  read_request request = w.reading(std::move(operation));
  auto got = co_await w.epic().latest_labs(std::move(request));
  remember(w, got);
  co_return got;
}

task<> pass(world& w, duration time) {
  auto slept = co_await runtime::sleep_for(w.rt(), time);
  EXPECT_TRUE(slept);
}

void answer_everything(world& w, unsigned status, http::headers fields = {}) {
  w.epic_site.script = [status, fields](const http::request& request) -> std::optional<rule> {
    if (request.target == "/token") return std::nullopt;
    http::response answer;
    answer.status = status;
    answer.fields = fields;
    return rule{twist::none, std::move(answer)};
  };
}

std::string path_of(const world& w, endpoint_class endpoint) {
  std::string path;
  for (const auto& one : w.told<events::circuit_changed>()) {
    if (one.endpoint == endpoint) path += std::string(name_of(one.change.to)) + ' ';
  }
  return path;
}

task<> outage_without_traffic_after(world& w) {
  const auto warm = co_await ask(w);
  EXPECT_TRUE(warm);
  answer_everything(w, 502);
  for (int i = 0; i < 30 && w.circuit(endpoint_class::search) == breaker_state::closed; ++i)
    (void)co_await ask(w);
  EXPECT_EQ(w.circuit(endpoint_class::search), breaker_state::open);
  const auto sent = w.epic_site.requests.size();
  const auto refused = co_await ask(w);
  EXPECT_EQ(refused.error(), make_error_code(errc::circuit_open));
  EXPECT_EQ(w.epic_site.requests.size(), sent) << "nothing is sent";
  co_await pass(w, 70s);
  w.epic_site.script = nullptr;
  co_await pass(w, 70s);
  EXPECT_EQ(w.circuit(endpoint_class::search), breaker_state::closed);
}

TEST(Pipeline, OpensTheCircuitInAnOutageAndProbesAnIdleClassUntilItRecovers) {
  world w("runbook");
  w.run(outage_without_traffic_after);
  EXPECT_EQ(path_of(w, endpoint_class::search), "open half_open open half_open closed ");
  EXPECT_EQ(path_of(w, endpoint_class::write), "") << "the other classes are not touched";
  EXPECT_EQ(w.epic_site.count("GET", "/metadata"), 2U);
}

TEST(Pipeline, WakesWhoeverWaitsWhenTheCircuitOpens) {
  world w("runbook");
  w.options.profile[endpoint_class::search].bulkhead = {1, 1, 5s, 10s};
  w.options.profile[endpoint_class::search].breaker.min_calls = 1;
  w.options.profile.retry.attempts_safe = 1;
  answer_everything(w, 500);
  w.epic_site.latency = 2s;
  const auto body = [](world& here) -> task<> {
    std::vector<task<result<labs>>> both;
    both.push_back(ask(here, "op-1"));
    both.push_back(ask(here, "op-2"));
    const auto got = co_await runtime::when_all(here.rt(), std::move(both));
    EXPECT_EQ(got[0].error(), make_error_code(errc::unavailable));
    EXPECT_EQ(got[1].error(), make_error_code(errc::circuit_open));
    EXPECT_LT(here.now(), instant(5s));
  };
  w.run(body);
}

TEST(Pipeline, RenewsARefusedTokenOnceForEverybody) {
  world w;
  const auto body = [](world& here) -> task<> {
    const auto warm = co_await ask(here);
    EXPECT_TRUE(warm);
    here.epic_site.refused_tokens.insert("tok-1");
    std::vector<task<result<labs>>> many;
    for (int i = 0; i < 20; ++i) many.push_back(ask(here, "op-" + std::to_string(i)));
    const auto got = co_await runtime::when_all(here.rt(), std::move(many));
    for (const auto& one : got) EXPECT_TRUE(one);
  };
  w.run(body);
  EXPECT_EQ(w.epic_site.tokens_issued, 2U);
  EXPECT_EQ(w.told<events::token_invalidated>().size(), 1U);
  std::optional<instant> refused_at;
  for (const auto& one : w.events) {
    const auto* ended = std::get_if<events::call_ended>(&one.what);
    if (ended != nullptr && ended->status == 401 && !refused_at) refused_at = one.at;
    const auto* started = std::get_if<events::call_started>(&one.what);
    if (started == nullptr || started->token == 0) continue;
    EXPECT_LT(one.at, started->token_expires_at);
    EXPECT_FALSE(refused_at && started->token == 1) << "used after its 401";
  }
}

TEST(Pipeline, TakesASecondRefusalForFinal) {
  world w;
  w.epic_site.refused_tokens = {"tok-1", "tok-2", "tok-3"};
  const auto body = [](world& here) -> task<> {
    const auto got = co_await ask(here);
    EXPECT_EQ(got.error(), make_error_code(errc::auth_denied));
  };
  w.run(body);
  EXPECT_EQ(w.epic_site.count("GET", "Observation"), 2U);
}

TEST(Pipeline, WaitsAsLongAsTheServerAsksAndEverybodyWithIt) {
  world w;
  const auto body = [](world& here) -> task<> {
    answer_everything(here, 429, {{"Retry-After", "3"}});
    const auto clear = [](world& it) -> task<> {
      co_await pass(it, 1s);
      it.epic_site.script = nullptr;
    };
    runtime::spawn(here.rt(), "clear", clear(here));
    std::vector<task<result<labs>>> both;
    both.push_back(ask(here, "op-1"));
    const auto later = [](world& it) -> task<result<labs>> {
      co_await pass(it, 500ms);
      co_return co_await ask(it, "op-2");
    };
    both.push_back(later(here));
    const auto got = co_await runtime::when_all(here.rt(), std::move(both));
    EXPECT_TRUE(got[0]);
    EXPECT_TRUE(got[1]);
    EXPECT_GE(here.now(), instant(3s));
  };
  w.run(body);
  EXPECT_EQ(w.epic_site.count("GET", "Observation"), 3U) << "the second call waited without being told";
}

TEST(Pipeline, RepeatsAReadThatFailedAndTellsOfIt) {
  world w;
  const auto body = [](world& here) -> task<> {
    int failures = 2;
    here.epic_site.script = [failures](const http::request& request) mutable -> std::optional<rule> {
      if (request.target == "/token" || failures-- <= 0) return std::nullopt;
      return rule{twist::reset, std::nullopt};
    };
    const auto got = co_await ask(here);
    EXPECT_TRUE(got);
  };
  w.run(body);
  EXPECT_EQ(w.epic_site.requests.back().request_id, "op-r.1.3");
  const auto retries = w.told<events::retry_scheduled>();
  ASSERT_EQ(retries.size(), 2U);
  EXPECT_EQ(retries.front().id.to_string(), "op-r.1.1");
  EXPECT_EQ(retries.front().cause, "reset");
}

TEST(Pipeline, EndsByTheCallersDeadline) {
  world w;
  w.epic_site.script = [](const http::request& request) -> std::optional<rule> {
    if (request.target == "/token") return std::nullopt;
    return rule{twist::hang, std::nullopt};
  };
  const auto body = [](world& here) -> task<> {
    read_request request = here.reading();
    request.deadline = here.now() + 700ms;
    const auto got = co_await here.epic().latest_labs(std::move(request));
    EXPECT_EQ(got.error(), make_error_code(errc::deadline));
    EXPECT_EQ(here.now(), instant(700ms));
  };
  w.run(body);
}

}  // namespace
}  // namespace epicenter::epic::test
