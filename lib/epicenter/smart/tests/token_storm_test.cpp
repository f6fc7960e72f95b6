#include "lib/epicenter/smart/tests/token_world.hpp"

namespace epicenter::smart {
namespace {

// Callers that come, go, get 401s and are cancelled, before an endpoint that is slow, fails and grants short
// lives.
class storm {
 public:
  explicit storm(std::uint64_t seed) : world_(seed), draw_(seed) {}

  std::string run() {
    world_.endpoint.answer = [this](int) {
      world_.endpoint.latency = std::chrono::milliseconds(draw_.below(4000));
      return draw_.below(3) == 0 ? token_endpoint::refusal(503)
                                 : world_.endpoint.grant(static_cast<int>(20 + draw_.below(100)));
    };
    world_.run([this]() -> task<> { return callers(); });
    return trace_;
  }

 private:
  task<> callers() {
    runtime::task_group group(world_.rt);
    for (int i = 0; i != 12; ++i) group.spawn("caller", caller());
    co_await runtime::sleep_for(world_.rt, 200s);
    group.cancel();
    co_await group.join();
  }

  task<> caller() {
    for (int i = 0; i != 200; ++i) {
      const auto pause = std::chrono::milliseconds(draw_.below(3000));
      const auto slept = co_await runtime::sleep_for(world_.rt, pause);
      if (!slept) co_return;
      const instant deadline = world_.in(std::chrono::milliseconds(draw_.below(5000)));
      const auto token = co_await world_.manager.get(deadline);
      EXPECT_LE(world_.rt.now(), deadline);
      if (!token) continue;
      EXPECT_GT((*token)->expires_at, world_.rt.now()) << "an expired token was handed out";
      EXPECT_GE((*token)->id, newest_) << "an older token after a newer one";
      newest_ = std::max(newest_, (*token)->id);
      if (draw_.below(20) == 0) world_.manager.invalidate((*token)->id);
      trace_ += std::to_string((*token)->id) + '@' +
                std::to_string(world_.rt.now().time_since_epoch().count()) + ' ';
    }
  }

  token_world world_;
  runtime::random_stream draw_;
  std::uint64_t newest_ = 0;
  std::string trace_;
};

TEST(token_manager, holds_its_promises_in_any_weather) {
  // Another one in each run; a failure names it.
  const auto start = static_cast<std::uint64_t>(testing::UnitTest::GetInstance()->random_seed());
  for (std::uint64_t seed = start; seed != start + 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const std::string trace = storm(seed).run();
    EXPECT_GT(trace.size(), 100U) << "next to nothing happened";
    EXPECT_EQ(trace, storm(seed).run()) << "the same seed gave another run";
  }
}

}  // namespace
}  // namespace epicenter::smart
