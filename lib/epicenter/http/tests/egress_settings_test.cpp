#include <gtest/gtest.h>

#include <epicenter/http/egress_proxy.hpp>
#include <map>

namespace epicenter::http {
namespace {

environment of(std::map<std::string, std::string> set) {
  return [set = std::move(set)](const std::string& name) -> std::optional<std::string> {
    const auto found = set.find(name);
    if (found == set.end()) return std::nullopt;
    return found->second;
  };
}

TEST(egress_settings, are_read_from_the_url) {
  const auto full = parse_egress_proxy("http://dom%5Cuser:p%40ss:word@proxy.example:3128").value();
  EXPECT_EQ(full.where.to_string(), "http://proxy.example:3128");
  EXPECT_EQ(full.user, "dom\\user");
  EXPECT_EQ(full.password.reveal(), "p@ss:word");
  EXPECT_EQ(parse_egress_proxy("proxy:3128").value().where.server.port, 3128);
  EXPECT_EQ(parse_egress_proxy("[::1]:3128").value().where.server.host, "::1");
  EXPECT_TRUE(parse_egress_proxy("https://proxy.example/").value().where.tls);
  for (const char* bad :
       {"", "socks5://proxy:1", "http://hush:se%zzcret@proxy", "http://@proxy:1", "http://a%3Ab:hush@proxy:1",
        "http://hush%0d:x@proxy", "proxy:3128/secret", "ftp://hush"}) {
    const auto made = parse_egress_proxy(bad);
    ASSERT_FALSE(made.has_value()) << bad;
    EXPECT_EQ(made.error().message().find("hush"), std::string::npos) << made.error().message();
    EXPECT_EQ(made.error().message().find("secret"), std::string::npos) << made.error().message();
  }
}

TEST(egress_settings, are_read_from_the_environment_as_others_read_it) {
  EXPECT_FALSE(egress_proxy_from(of({{"HTTP_PROXY", "http://evil:1"}})).value().has_value());
  const auto lower =
      egress_proxy_from(of({{"https_proxy", "proxy:3128"}, {"no_proxy", "lan.example"}})).value();
  ASSERT_TRUE(lower.has_value());
  EXPECT_TRUE(lower->direct.covers({"a.lan.example", 443, ""}));
  EXPECT_TRUE(lower->direct.covers({"localhost", 443, ""}));
  EXPECT_TRUE(lower->direct.covers({"127.9.9.9", 443, ""}));
  EXPECT_FALSE(lower->direct.covers({"fhir.epic.example", 443, ""}));
  const auto upper = egress_proxy_from(of({{"HTTPS_PROXY", "a:1"}, {"https_proxy", "b:2"}})).value();
  EXPECT_EQ(upper->where.server.host, "a");
  const auto bad_proxy = egress_proxy_from(of({{"https_proxy", "nonsense://x"}}));
  ASSERT_FALSE(bad_proxy.has_value());
  EXPECT_NE(bad_proxy.error().message().find("https_proxy"), std::string::npos);
  const auto bad_list = egress_proxy_from(of({{"HTTPS_PROXY", "a:1"}, {"NO_PROXY", "10.0.0.0/99"}}));
  ASSERT_FALSE(bad_list.has_value());
  EXPECT_NE(bad_list.error().message().find("NO_PROXY"), std::string::npos);
  EXPECT_NE(bad_list.error().message().find("10.0.0.0/99"), std::string::npos);
}

}  // namespace
}  // namespace epicenter::http
