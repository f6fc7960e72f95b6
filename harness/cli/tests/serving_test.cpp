// The processes of their own: `epicenter mock` and `epicenter proxy`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include <epicenter/http/url.hpp>
#include <epicenter/json/parse.hpp>

#include "harness/cli/tests/program.hpp"

namespace epicenter::cli {
namespace {

using ::testing::HasSubstr;

json::value one_line_of_json(program& p) {
  auto parsed = json::parse(p.first_line());
  EXPECT_TRUE(parsed) << p.first_line() << p.err();
  return parsed ? *parsed : json::value();
}

struct Serving : ::testing::TestWithParam<int> {
  scratch where;
};

TEST_P(Serving, TheMockPrintsOneLineAndEndsWithinASecondOfTheSignal) {
  program mock(where, {"mock", "--patients", "5", "--open"});
  const auto urls = one_line_of_json(mock);
  const std::string fhir(urls.string_at("fhir"));
  EXPECT_EQ(get(fhir + "/metadata").status, 200u);
  EXPECT_EQ(get(std::string(urls.string_at("admin")) + "/site/patients").status, 200u);
  EXPECT_FALSE(urls.string_at("token").empty());
  mock.signal(GetParam());
  EXPECT_EQ(mock.wait(within(1s)), 0);
  EXPECT_EQ(mock.err(), "");
}

TEST_P(Serving, TheProxyPrintsOneLineRelaysAndEndsWithinASecondOfTheSignal) {
  program mock(where, {"mock", "--patients", "5", "--open"});
  const auto upstream = http::parse_url(one_line_of_json(mock).string_at("fhir"));
  ASSERT_TRUE(upstream);
  program proxy(where, {"proxy", "--api", "127.0.0.1:0", "--upstream", upstream->where.server.to_string()});
  const auto started = one_line_of_json(proxy);
  ASSERT_NE(started.find("proxies"), nullptr);
  const auto route = started.find("proxies")->if_array()->front();
  EXPECT_EQ(route.string_at("upstream"), upstream->where.server.to_string());
  EXPECT_EQ(get("http://" + std::string(route.string_at("listen")) + upstream->target + "/metadata").status,
            200u);
  EXPECT_EQ(get(std::string(started.string_at("api")) + "/health").status, 200u);
  proxy.signal(GetParam());
  EXPECT_EQ(proxy.wait(within(1s)), 0);
  EXPECT_EQ(proxy.err(), "");
}

INSTANTIATE_TEST_SUITE_P(EndedBy, Serving, ::testing::Values(SIGTERM, SIGINT),
                         [](const auto& one) { return one.param == SIGTERM ? "Sigterm" : "Sigint"; });

TEST(ServingPort, ThatIsTakenIsEightAndNamed) {
  scratch where;
  program mock(where, {"mock", "--patients", "5"});
  const auto url = http::parse_url(one_line_of_json(mock).string_at("fhir"));
  ASSERT_TRUE(url);
  const auto taken = url->where.server.to_string();
  for (const std::vector<std::string>& args : {std::vector<std::string>{"mock", "--listen", taken},
                                               {"proxy", "--upstream", taken, "--listen", taken},
                                               {"proxy", "--upstream", taken, "--api", taken}}) {
    const auto second = run_to_end(where, args);
    EXPECT_EQ(second.exit_code, 8) << args[0];
    EXPECT_THAT(second.err, HasSubstr(taken));
    EXPECT_EQ(second.out, "");
  }
}

}  // namespace
}  // namespace epicenter::cli
