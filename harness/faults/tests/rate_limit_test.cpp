#include <algorithm>
#include <atomic>

#include "harness/faults/tests/on_threads.hpp"
#include "harness/faults/tests/whole.hpp"

namespace epicenter::faults {
namespace {

using testing::made;
using testing::on_threads;
using testing::refusal;

struct caller {
  http::request head;
  runtime::random_stream random{3};
  wall_time wall{784111777s};  // Sun, 06 Nov 1994 08:49:37 GMT

  request_verdict at(fault& f, duration now) {
    return f.on_request({head, "", "127.0.0.1", wall + now, instant(now)}, random);
  }
  bool passes(fault& f, duration now) { return std::holds_alternative<pass>(at(f, now)); }
};

TEST(rate_limit, what_exceeds_it_is_refused_with_the_moment_to_come_again) {
  caller c;
  const auto limited = made("rate_limit", R"({"limit":"2/m","burst":1})");
  EXPECT_TRUE(c.passes(*limited, 0s));
  const auto verdict = c.at(*limited, 3500ms);
  const auto& refused = std::get<answer>(verdict);
  EXPECT_FALSE(refused.committed);
  EXPECT_EQ(refused.response.status, 429U);
  EXPECT_EQ(refused.response.fields.get("Retry-After"), "27") << "26.5 s, rounded up";
  const auto body = json::parse(refused.response.body);
  ASSERT_TRUE(body);
  EXPECT_EQ((*body->find("issue")->if_array())[0].string_at("code"), "throttled");
  EXPECT_FALSE(c.passes(*limited, 30s - 1ns)) << "what is refused costs nothing, and frees nothing";
  EXPECT_TRUE(c.passes(*limited, 30s)) << "the promise is kept";
}

TEST(rate_limit, tells_the_moment_as_a_date_or_not_at_all) {
  caller c;
  const auto dated = made("rate_limit", R"({"limit":"1/m","retry_after":"date","status":503,"body":"html"})");
  EXPECT_TRUE(c.passes(*dated, 0s));
  const auto late = std::get<answer>(c.at(*dated, 500ms));
  EXPECT_EQ(late.response.status, 503U);
  EXPECT_EQ(late.response.fields.get("Content-Type"), "text/html");
  EXPECT_EQ(late.response.fields.get("Retry-After"), "Sun, 06 Nov 1994 08:50:37 GMT");
  const auto silent = made("rate_limit", R"({"limit":"1/m","retry_after":"none","body":"empty"})");
  EXPECT_TRUE(c.passes(*silent, 0s));
  const auto curt = std::get<answer>(c.at(*silent, 1s));
  EXPECT_FALSE(curt.response.fields.contains("Retry-After"));
  EXPECT_TRUE(curt.response.body.empty());
}

TEST(rate_limit, a_burst_is_one_second_of_calls_unless_told) {
  const auto at_once = [](std::string_view parameters) {
    caller c;
    const auto limited = made("rate_limit", parameters);
    int passed = 0;
    while (passed < 1000 && c.passes(*limited, 5s)) ++passed;
    return passed;
  };
  EXPECT_EQ(at_once(R"({"limit":"10/s"})"), 10);
  EXPECT_EQ(at_once(R"({"limit":"3/s"})"), 3);
  EXPECT_EQ(at_once(R"({"limit":"600/m"})"), 10);
  EXPECT_EQ(at_once(R"({"limit":"10/h"})"), 1);
  EXPECT_EQ(at_once(R"({"limit":"10/s","burst":25})"), 25);
}

TEST(rate_limit, never_passes_more_than_the_limit_and_the_burst) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    runtime::random_stream random(seed);
    const auto events = random.between(std::int64_t{1}, std::int64_t{50});
    const auto period = random.between(duration(100ms), duration(10s));
    const auto burst = random.between(std::int64_t{1}, std::int64_t{40});
    json::object given{{"limit", json::object{{"events", events}, {"period", period.count()}}},
                       {"burst", burst}};
    const auto limited = make_fault(*find("rate_limit"), given).value();
    caller c;
    std::vector<duration> passed;
    duration now{};
    for (int i = 0; i < 400; ++i) {
      now += random.exponential(period / events / 2);
      const auto verdict = c.at(*limited, now);
      if (std::holds_alternative<pass>(verdict)) {
        passed.push_back(now);
        continue;
      }
      const auto told = std::stoll(std::string(std::get<answer>(verdict).response.fields.get("Retry-After")));
      EXPECT_GE(told, 1);
    }
    ASSERT_GE(passed.size(), static_cast<std::size_t>(std::min<std::int64_t>(burst, 50)));
    for (std::size_t from = 0; from < passed.size(); ++from) {
      for (std::size_t to = from; to < passed.size(); ++to) {
        const double span = std::chrono::duration<double>(passed[to] - passed[from]).count();
        const double allowed = static_cast<double>(burst) + span * static_cast<double>(events) /
                                                                std::chrono::duration<double>(period).count();
        ASSERT_LE(static_cast<double>(to - from + 1), allowed + 1e-6) << from << " to " << to;
      }
    }
    // Nor fewer: after the wait that it tells, a call passes.
    const auto verdict = c.at(*limited, now);
    if (const auto* refused = std::get_if<answer>(&verdict)) {
      const auto wait = std::stoll(std::string(refused->response.fields.get("Retry-After")));
      EXPECT_TRUE(c.passes(*limited, now + std::chrono::seconds(wait)));
    }
  }
}

TEST(rate_limit, holds_for_all_threads_together) {
  const auto limited = made("rate_limit", R"({"limit":"1/h","burst":5000})");
  std::atomic<int> passed{0};
  on_threads(4, [&](int) {
    caller c;
    for (int i = 0; i < 5000; ++i) passed += c.passes(*limited, 1s) ? 1 : 0;
  });
  EXPECT_EQ(passed, 5000);
}

TEST(rate_limit, a_limit_in_more_than_a_day_is_refused) {
  EXPECT_NE(refusal("rate_limit", R"({"limit":{"events":1,"period":9000000000000000000}})").find("24h"),
            std::string::npos);
  EXPECT_EQ(refusal("rate_limit", R"({"limit":"1/h"})"), "");
  EXPECT_NE(refusal("rate_limit", R"({"limit":"10"})"), "");
  EXPECT_NE(refusal("rate_limit", R"({"limit":"10/s","burst":0})"), "");
}

}  // namespace
}  // namespace epicenter::faults
