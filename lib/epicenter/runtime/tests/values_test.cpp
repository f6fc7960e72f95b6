#include <epicenter/runtime/endpoint.hpp>
#include <epicenter/runtime/random.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <cmath>
#include <vector>

namespace epicenter::runtime {
namespace {

TEST(endpoint, is_read_as_it_is_written) {
  for (const char* text : {"127.0.0.1:8443", "[::1]:8443", "unix:/run/epicenter.sock", "epic.example:0"}) {
    const auto parsed = parse_endpoint(text);
    ASSERT_TRUE(parsed.has_value()) << text;
    EXPECT_EQ(parsed->to_string(), text);
  }
  for (const char* text : {"", "host", ":80", "host:", "host:65536", "host:80x", "host:-1", "::1:80",
                           "[::1]80", "[host]:80", "unix:", "unix:relative", "a b:80", "[]:80"}) {
    const auto parsed = parse_endpoint(text);
    ASSERT_FALSE(parsed.has_value()) << text;
    EXPECT_EQ(parsed.error().code(), errc::invalid_endpoint);
  }
  EXPECT_FALSE(parse_endpoint("unix:/" + std::string(107, 'x')).has_value());
}

TEST(endpoint, knows_the_loopback) {
  for (const char* text : {"127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1", "unix:/x"}) {
    EXPECT_TRUE(is_loopback(*parse_endpoint(text))) << text;
  }
  for (const char* text : {"0.0.0.0:1", "10.0.0.1:1", "example.org:1", "[::]:1"}) {
    EXPECT_FALSE(is_loopback(*parse_endpoint(text))) << text;
  }
}

TEST(error, survives_the_way_through_asio) {
  for (int value = 1; value <= static_cast<int>(errc::io); ++value) {
    const errc code = static_cast<errc>(value);
    EXPECT_EQ(from_system(to_system(code)), code) << value;
    EXPECT_NE(make_error_code(code).message(), "unknown runtime error") << value;
  }
  EXPECT_EQ(from_system(boost::asio::error::broken_pipe), errc::reset);
}

// First outputs of xoshiro256++ with its state from splitmix64(0), as in the authors' reference code.
TEST(random_stream, gives_known_answers) {
  random_stream random(0);
  EXPECT_EQ(random.next(), 0x53175d61490b23dfU);
  EXPECT_EQ(random.next(), 0x61da6f3dc380d507U);
  EXPECT_EQ(random.next(), 0x5c0fdf91ec9a7bfcU);
  EXPECT_NE(derive_seed(1, "a"), derive_seed(1, "b"));
  EXPECT_NE(derive_seed(1, "a"), derive_seed(2, "a"));
  EXPECT_NE(derive_seed(1, "ab"), derive_seed(1, "ba"));
}

TEST(random_stream, keeps_its_ranges) {
  random_stream random(3);
  EXPECT_EQ(random.below(0), 0U);
  std::vector<int> seen(7);
  for (int i = 0; i < 70'000; ++i) ++seen[random.below(7)];
  for (const int count : seen) EXPECT_NEAR(count, 10'000, 500);
  for (int i = 0; i < 1000; ++i) {
    const auto value = random.between(-3, 3);
    EXPECT_LE(std::abs(value), 3);
    EXPECT_EQ(random.between(5, 5), 5);
  }
  random.between(INT64_MIN, INT64_MAX);
  EXPECT_FALSE(random.chance_ppm(0));
  EXPECT_TRUE(random.chance_ppm(1'000'000));
}

double ms(duration d) {
  return static_cast<double>(d.count()) / 1e6;
}

TEST(random_stream, has_the_distributions_it_names) {
  constexpr int count = 200'000;
  random_stream random(11);
  double mean = 0;
  for (int i = 0; i < count; ++i) mean += ms(random.exponential(100ms)) / count;
  EXPECT_NEAR(mean, 100, 1);

  double sum = 0;
  double squares = 0;
  for (int i = 0; i < count; ++i) {
    const double x = ms(random.normal(100ms, 10ms));
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / count, 100, 0.2);
  EXPECT_NEAR(std::sqrt(squares / count - sum / count * sum / count), 10, 0.2);

  std::vector<double> drawn(count);
  for (double& x : drawn) x = ms(random.log_normal(100ms, 900ms));
  std::sort(drawn.begin(), drawn.end());
  EXPECT_NEAR(drawn[count / 2], 100, 2);
  EXPECT_NEAR(drawn[count * 99 / 100], 900, 40);

  for (double& x : drawn) x = ms(random.pareto(100ms, 2.5));
  std::sort(drawn.begin(), drawn.end());
  EXPECT_GE(drawn[0], 100);
  EXPECT_NEAR(drawn[count / 2], 131.95, 1);          // 2^0.4
  EXPECT_NEAR(drawn[count * 99 / 100], 630.96, 20);  // 100^0.4
}

}  // namespace
}  // namespace epicenter::runtime
