// Each fault's decisions.
#include <gtest/gtest.h>

#include <algorithm>
#include <epicenter/json/parse.hpp>
#include <map>

#include "harness/faults/catalog.hpp"
#include "harness/faults/http_date.hpp"

namespace epicenter::faults {
namespace {

std::unique_ptr<fault> made(const char* type, std::string_view parameters) {
  return make_fault(*find(type), *json::parse(parameters).value().if_object()).value();
}

struct asked {
  http::request head;
  runtime::random_stream random{9};
  call one() const {
    return {head, "", "127.0.0.1",
            wall_time(std::chrono::sys_days{std::chrono::year{1994} / 11 / 6} + 8h + 49min + 37s)};
  }
};

TEST(outage, decides_for_connections_and_for_single_calls) {
  asked a;
  const auto refusing = made("outage", R"({"mode":"refuse"})");
  EXPECT_TRUE(std::holds_alternative<refuse>(refusing->on_connect(a.random)));
  EXPECT_TRUE(std::holds_alternative<reset>(refusing->on_request(a.one(), a.random)));
  const auto silent = made("outage", R"({"mode":"blackhole"})");
  EXPECT_TRUE(std::holds_alternative<hold>(silent->on_connect(a.random)));
  EXPECT_TRUE(std::holds_alternative<hold>(silent->on_request(a.one(), a.random)));
  const auto cutting = made("outage", R"({"mode":"reset"})");
  EXPECT_TRUE(std::holds_alternative<reset>(cutting->on_connect(a.random)));
  EXPECT_TRUE(cutting->acts_on().connections && cutting->acts_on().requests);
}

TEST(latency, draws_within_its_distribution) {
  asked a;
  const auto uniform = made("latency", R"({"delay":"500ms..2s"})");
  const auto normal = made("latency", R"({"delay":{"mean":"100ms","deviation":"100ms"}})");
  duration low = 1h, high{}, sum{};
  for (int i = 0; i < 10'000; ++i) {
    const auto by = std::get<delay>(uniform->on_request(a.one(), a.random)).by;
    low = std::min(low, by);
    high = std::max(high, by);
    sum += by;
    EXPECT_GE(std::get<delay>(normal->on_request(a.one(), a.random)).by, 0ns);
  }
  EXPECT_GE(low, 500ms);
  EXPECT_LE(high, 2s);
  EXPECT_LT(low, 505ms);
  EXPECT_GT(high, 1995ms);
  EXPECT_NEAR(std::chrono::duration<double>(sum / 10'000).count(), 1.25, 0.02);
  const auto both = made("latency", R"({"delay":"1s","direction":"both"})");
  EXPECT_TRUE(both->acts_on().requests && both->acts_on().responses && both->acts_on().chunks);
  EXPECT_FALSE(uniform->acts_on().responses);
}

TEST(error, answers_with_each_of_its_statuses) {
  asked a;
  const auto failing =
      made("error", R"({"status":[500,502,503],"retry_after":{"form":"date","after":"90s"}})");
  std::map<unsigned, int> seen;
  for (int i = 0; i < 3000; ++i) {
    const auto verdict = failing->on_request(a.one(), a.random);
    const auto& answered = std::get<answer>(verdict);
    ++seen[answered.response.status];
    EXPECT_FALSE(answered.committed);
    EXPECT_EQ(answered.response.fields.get("Retry-After"), "Sun, 06 Nov 1994 08:51:07 GMT");
    const auto body = json::parse(answered.response.body);
    ASSERT_TRUE(body);
    EXPECT_EQ(body->string_at("resourceType"), "OperationOutcome");
  }
  EXPECT_EQ(seen.size(), 3U);
  for (const auto& [status, count] : seen) EXPECT_NEAR(count, 1000, 110) << status;
}

TEST(error, has_the_body_and_the_headers_asked_for) {
  asked a;
  const auto html = std::get<answer>(
      made("error", R"({"body":"html","retry_after":"1500ms"})")->on_request(a.one(), a.random));
  EXPECT_EQ(html.response.fields.get("Content-Type"), "text/html");
  EXPECT_EQ(html.response.fields.get("Retry-After"), "2");
  EXPECT_NE(html.response.body.find("503"), std::string::npos);
  const auto empty =
      std::get<answer>(made("error", R"({"body":"empty","committed":true})")->on_request(a.one(), a.random));
  EXPECT_TRUE(empty.response.body.empty() && empty.committed);
  EXPECT_FALSE(empty.response.fields.contains("Content-Type"));
  EXPECT_FALSE(empty.response.fields.contains("Retry-After"));
}

TEST(lost_response, swallows_and_closes_when_told) {
  asked a;
  EXPECT_EQ(std::get<swallow>(made("lost_response", "{}")->on_request(a.one(), a.random)).close_after,
            std::nullopt);
  EXPECT_EQ(
      std::get<swallow>(made("lost_response", R"({"hold":"2s"})")->on_request(a.one(), a.random)).close_after,
      2s);
}

TEST(http_date, is_an_imf_fixdate) {
  EXPECT_EQ(http_date(wall_time(784111777s + 900ms)), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(wall_time(std::chrono::sys_days{std::chrono::year{2024} / 2 / 29})),
            "Thu, 29 Feb 2024 00:00:00 GMT");
}

}  // namespace
}  // namespace epicenter::faults
