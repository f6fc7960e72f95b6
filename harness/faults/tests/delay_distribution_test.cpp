#include "harness/faults/delay_distribution.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>
#include <map>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {
namespace {

result<delay_distribution> read(std::string_view text) {
  return parse_delay(json::parse(text).value());
}

std::string canonical(std::string_view text) {
  const auto parsed = read(text);
  if (!parsed) return parsed.error().message();
  const auto written = json::write(to_json(*parsed));
  EXPECT_EQ(json::write(to_json(read(written).value())), written) << "canonical is read back as it is";
  return written;
}

TEST(delay_distribution, pareto_is_read_in_every_form) {
  const std::string whole = R"({"kind":"pareto","scale":100000000,"shape":"2.5"})";
  EXPECT_EQ(canonical(R"({"scale":"100ms","shape":2.5})"), whole);
  EXPECT_EQ(canonical(R"({"scale":"100ms","shape":"2.50"})"), whole);
  EXPECT_EQ(canonical(R"({"kind":"pareto","shape":2.500,"scale":100000000})"), whole);
  EXPECT_EQ(canonical(R"({"scale":1,"shape":2})"), R"({"kind":"pareto","scale":1,"shape":"2"})");
  EXPECT_EQ(canonical(R"({"scale":1,"shape":0.125})"), R"({"kind":"pareto","scale":1,"shape":"0.125"})");
  for (const char* wrong :
       {R"({"scale":"100ms"})", R"({"shape":2})", R"({"scale":0,"shape":2})", R"({"scale":"2h","shape":2})",
        R"({"scale":"1s","shape":0.099})", R"({"scale":"1s","shape":100.001})",
        R"({"scale":"1s","shape":-1})", R"({"scale":"1s","shape":1.2345})", R"({"scale":"1s","shape":"1."})",
        R"({"scale":"1s","shape":".5"})", R"({"scale":"1s","shape":1e1})",
        R"({"scale":"1s","shape":"99999999999999999999"})", R"({"scale":"1s","shape":"1.-5"})",
        R"({"scale":"1s","shape":true})", R"({"scale":"1s","shape":2,"mean":"1s"})",
        R"({"kind":"uniform","scale":"1s","shape":2})"}) {
    EXPECT_FALSE(read(wrong)) << wrong;
  }
}

TEST(delay_distribution, a_pareto_tail_is_as_heavy_as_its_shape_says) {
  const auto pareto = read(R"({"scale":"100ms","shape":1.5})").value();
  runtime::random_stream random(5);
  constexpr int count = 200'000;
  int beyond_double = 0, beyond_ten = 0;
  duration most{};
  for (int i = 0; i < count; ++i) {
    const auto drawn = draw(pareto, random);
    ASSERT_GE(drawn, 100ms);
    ASSERT_LE(drawn, longest_delay);
    beyond_double += drawn > 200ms ? 1 : 0;
    beyond_ten += drawn > 1s ? 1 : 0;
    most = std::max(most, drawn);
  }
  EXPECT_NEAR(beyond_double / double(count), 0.35355, 0.005);  // 2^-1.5
  EXPECT_NEAR(beyond_ten / double(count), 0.03162, 0.002);     // 10^-1.5
  EXPECT_GT(most, 60s);
  const auto endless = read(R"({"scale":"1s","shape":0.1})").value();
  for (int i = 0; i < 1000; ++i) ASSERT_LE(draw(endless, random), longest_delay);
}

TEST(delay_distribution, samples_are_kept_in_order_and_drawn_as_often_as_they_were_seen) {
  const std::string whole = R"({"kind":"empirical","values":[80000000,80000000,120000000,3000000000]})";
  EXPECT_EQ(canonical(R"({"values":["3s","80ms",120000000,"80ms"]})"), whole);
  const auto measured = read(whole).value();
  runtime::random_stream random(5), again(5);
  std::map<duration, int> seen;
  for (int i = 0; i < 40'000; ++i) {
    const auto drawn = draw(measured, random);
    ++seen[drawn];
    ASSERT_EQ(draw(measured, again), drawn) << "the seed replays it";
  }
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_NEAR(seen[80ms], 20'000, 400);
  EXPECT_NEAR(seen[120ms], 10'000, 350);
  EXPECT_NEAR(seen[3s], 10'000, 350);
}

TEST(delay_distribution, inline_samples_are_bounded_and_files_are_never_opened) {
  const auto list = [](std::size_t count) {
    std::string text = R"({"values":[)";
    for (std::size_t i = 0; i < count; ++i) text += (i > 0 ? ",1" : "1");
    return text + "]}";
  };
  EXPECT_TRUE(read(list(most_samples)));
  for (const auto& wrong : {list(0), list(most_samples + 1), std::string(R"({"values":"1s"})"),
                            std::string(R"({"values":["2h"]})"), std::string(R"({"values":["fast"]})"),
                            std::string(R"({"values":["1s"],"mean":"1s"})")}) {
    EXPECT_FALSE(read(wrong)) << wrong.substr(0, 40);
  }
  for (const char* file : {R"({"samples":"/etc/passwd"})", R"({"kind":"empirical","samples":"x"})",
                           R"({"values":["1s"],"samples":"x"})"}) {
    const auto refused = read(file);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message().find("a file of samples is read where it stands in a scenario"),
              std::string::npos)
        << refused.error().message();
  }
}

TEST(delay_distribution, many_samples_become_their_quantiles) {
  std::vector<duration> many;
  for (int i = 100'000; i > 0; --i) many.push_back(i * 1ms);
  const auto kept = quantiles(many);
  ASSERT_EQ(kept.size(), most_samples);
  EXPECT_TRUE(std::is_sorted(kept.begin(), kept.end()));
  EXPECT_NEAR(double(kept[512] / 1ms), 50'049, 2);
  EXPECT_NEAR(double(kept[0] / 1ms), 49, 2);
  EXPECT_NEAR(double(kept[1023] / 1ms), 99'952, 2);
  EXPECT_EQ(quantiles({3ms, 1ms, 2ms}), (std::vector<duration>{1ms, 2ms, 3ms}));
}

TEST(delay_distribution, is_shown_as_people_write_it) {
  const auto shown = [](const char* delay) {
    const auto& type = *find("latency");
    const json::object given{{"delay", json::parse(delay).value()}};
    return describe(type, canonical_parameters(type, given).value());
  };
  EXPECT_EQ(shown(R"({"scale":"100ms","shape":2.50})"), "delay scale 100ms, shape 2.5, direction request");
  EXPECT_EQ(shown(R"({"values":["3s","80ms","120ms"]})"),
            "delay 3 samples 80ms..3s, median 120ms, direction request");
  EXPECT_EQ(shown(R"({"values":["3s"]})"), "delay 1 sample 3s..3s, median 3s, direction request");
}

}  // namespace
}  // namespace epicenter::faults
