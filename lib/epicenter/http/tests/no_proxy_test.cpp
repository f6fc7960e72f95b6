#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>
#include <epicenter/http/error.hpp>
#include <epicenter/http/no_proxy.hpp>
#include <epicenter/runtime/random.hpp>

namespace epicenter::http {
namespace {

bool covers(std::string_view rules, const std::string& host, std::uint16_t port = 443) {
  const auto all = no_proxy::parse(rules);
  EXPECT_TRUE(all.has_value()) << rules << ": " << all.error().message();
  return all && all->covers({host, port, ""});
}

TEST(no_proxy, a_domain_covers_itself_and_what_is_below_it) {
  for (const char* rule : {"epic.example", ".epic.example", "*.epic.example", "EPIC.example."}) {
    EXPECT_TRUE(covers(rule, "epic.example")) << rule;
    EXPECT_TRUE(covers(rule, "fhir.epic.example")) << rule;
    EXPECT_TRUE(covers(rule, "a.b.Epic.Example.")) << rule;
    EXPECT_FALSE(covers(rule, "notepic.example")) << rule;
    EXPECT_FALSE(covers(rule, "epic.example.org")) << rule;
    EXPECT_FALSE(covers(rule, "example")) << rule;
  }
}

TEST(no_proxy, addresses_and_networks) {
  EXPECT_TRUE(covers("10.1.2.3", "10.1.2.3"));
  EXPECT_FALSE(covers("10.1.2.3", "10.1.2.30"));
  EXPECT_TRUE(covers("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(covers("10.0.0.0/8", "11.0.0.1"));
  EXPECT_TRUE(covers("10.0.0.0/8", "::ffff:10.0.0.1"));
  EXPECT_TRUE(covers("0.0.0.0/0", "8.8.8.8"));
  EXPECT_FALSE(covers("0.0.0.0/0", "::1")) << "another family";
  EXPECT_TRUE(covers("::1", "0:0:0:0:0:0:0:1")) << "an address has several spellings";
  EXPECT_TRUE(covers("[::1]", "::1"));
  EXPECT_TRUE(covers("fe80::/10", "febf::1"));
  EXPECT_FALSE(covers("fe80::/10", "fec0::1"));
  EXPECT_FALSE(covers("2.3.4", "1.2.3.4")) << "an address lies in no domain";
  EXPECT_FALSE(covers("10.0.0.0/8", "10.example")) << "names are not resolved";
}

TEST(no_proxy, ports_must_agree_where_they_are_given) {
  EXPECT_TRUE(covers("epic.example:8443", "epic.example", 8443));
  EXPECT_FALSE(covers("epic.example:8443", "epic.example", 443));
  EXPECT_TRUE(covers("[::1]:8443", "::1", 8443));
  EXPECT_FALSE(covers("[::1]:8443", "::1", 443));
  EXPECT_FALSE(covers("10.1.2.3:1", "10.1.2.3", 2));
}

TEST(no_proxy, lists_stars_and_unix_sockets) {
  EXPECT_TRUE(covers("*", "anything.example"));
  EXPECT_TRUE(covers(" a.example ,b.example,, \tc.example", "c.example"));
  EXPECT_FALSE(covers("", "a.example"));
  EXPECT_TRUE(no_proxy().covers({"", 0, "/run/epic.sock"}));
  EXPECT_FALSE(no_proxy().covers({"a.example", 443, ""}));
}

TEST(no_proxy, what_is_no_rule_is_refused_by_name) {
  for (const char* bad :
       {"10.0.0.0/33", "::/129", "a.example/8", "a.example:0", "a.example:99999", "[::1", "[a]",
        "a.example:", "http://a.example", "a*b", ".", "[::1]x", "10.0.0.0/", "10.0.0.0/-1"}) {
    const auto all = no_proxy::parse("fine.example," + std::string(bad));
    ASSERT_FALSE(all.has_value()) << bad;
    EXPECT_EQ(all.error(), make_error_code(errc::malformed));
    EXPECT_NE(all.error().message().find(bad), std::string::npos) << all.error().message();
  }
}

// Against arithmetic on whole numbers.
TEST(no_proxy, networks_are_prefixes_of_numbers) {
  const auto seed = static_cast<std::uint64_t>(::testing::UnitTest::GetInstance()->random_seed());
  runtime::random_stream random(seed);
  for (int round = 0; round != 5000; ++round) {
    const auto network = static_cast<std::uint32_t>(random.next());
    const unsigned prefix = static_cast<unsigned>(random.next() % 33);
    // Near the network, so that both answers occur.
    const auto host = network ^ static_cast<std::uint32_t>(1U << (random.next() % 32));
    const std::uint64_t size = std::uint64_t{1} << (32 - prefix);
    const bool inside = network / size == host / size;
    const std::string rule =
        boost::asio::ip::make_address_v4(network).to_string() + "/" + std::to_string(prefix);
    const std::string address = boost::asio::ip::make_address_v4(host).to_string();
    ASSERT_EQ(covers(rule, address), inside) << rule << " " << address << ", seed " << seed;
  }
}

}  // namespace
}  // namespace epicenter::http
