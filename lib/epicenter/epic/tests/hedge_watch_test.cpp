// The one timer that many calls share.
#include <gtest/gtest.h>

#include <epicenter/epic/hedge_watch.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace epicenter::epic::test {
namespace {

using runtime::task;

struct watcher final : hedge_watcher {
  explicit watcher(runtime::runtime& world) : rt(world) {}
  void on_due() override { told.push_back(rt.now()); }
  runtime::runtime& rt;
  std::vector<instant> told;
};

void run(std::function<task<>(runtime::runtime&)> body) {
  runtime::virtual_runtime rt{runtime::virtual_options{}};
  runtime::spawn(rt, "test", body(rt));
  EXPECT_EQ(rt.run(instant(24h)), runtime::run_end::finished);
}

TEST(HedgeWatch, TellsEachAtItsTimeWhateverTheOrderInWhichTheyJoined) {
  run([](runtime::runtime& rt) -> task<> {
    hedge_watch watch(rt);
    const instant start = rt.now();
    std::vector<std::unique_ptr<watcher>> all;
    for (const int ms : {50, 20, 50, 70, 10}) {
      all.push_back(std::make_unique<watcher>(rt));
      watch.join(*all.back(), start + ms * 1ms);
    }
    auto slept = co_await runtime::sleep_for(rt, 1s);
    EXPECT_TRUE(slept);
    const std::vector<int> due{50, 20, 50, 70, 10};
    for (std::size_t i = 0; i < all.size(); ++i) {
      EXPECT_EQ(all[i]->told, std::vector<instant>{start + due[i] * 1ms}) << "once, and exactly then";
    }
  });
}

// Against the obvious: everybody who is there at its time is told then, nobody else ever.
TEST(HedgeWatch, ForgetsWhoLeftAndRemembersWhoCameBack) {
  run([](runtime::runtime& rt) -> task<> {
    hedge_watch watch(rt);
    auto random = rt.random("test");
    std::vector<std::unique_ptr<watcher>> all;
    for (int i = 0; i < 20; ++i) all.push_back(std::make_unique<watcher>(rt));
    std::vector<std::optional<instant>> due(all.size());
    std::vector<std::vector<instant>> expected(all.size());
    for (int step = 0; step < 5000; ++step) {
      const std::size_t who = random.below(all.size());
      const std::uint64_t what = random.below(10);
      if (what < 6) {
        due[who] = rt.now() + 1us * static_cast<std::int64_t>(1 + random.below(50'000));
        watch.join(*all[who], *due[who]);
      } else if (what < 9) {
        due[who].reset();
        all[who]->leave();
      } else {
        all[who] = std::make_unique<watcher>(rt);
        due[who].reset();
        expected[who].clear();
      }
      auto slept = co_await runtime::sleep_for(rt, 1us * static_cast<std::int64_t>(random.below(4000)));
      EXPECT_TRUE(slept);
      for (std::size_t i = 0; i < all.size(); ++i) {
        if (!due[i] || *due[i] > rt.now()) continue;
        expected[i].push_back(*due[i]);
        due[i].reset();
      }
      for (std::size_t i = 0; i < all.size(); ++i) {
        // Due at this very moment: it may be told before or after this task goes on.
        if (all[i]->told.size() + 1 == expected[i].size() && expected[i].back() == rt.now()) continue;
        EXPECT_EQ(all[i]->told, expected[i]) << "step " << step << " of seed " << rt.seed();
        if (all[i]->told != expected[i]) co_return;
      }
    }
  });
}

}  // namespace
}  // namespace epicenter::epic::test
