// Faults that only new connections meet: which verdict, and for which of the connections.
#include <gtest/gtest.h>

#include <epicenter/json/parse.hpp>

#include "harness/faults/catalog.hpp"
#include "harness/faults/selector.hpp"

namespace epicenter::faults {
namespace {

result<std::unique_ptr<fault>> made(const char* type, std::string_view parameters) {
  return make_fault(*find(type), *json::parse(parameters).value().if_object());
}

connection_verdict asked(const result<std::unique_ptr<fault>>& made) {
  runtime::random_stream random{9};
  return (*made)->on_connect(random);
}

struct mode {
  const char* parameters;
  tls_flaw flaw;
};

TEST(tls, decides_each_of_its_modes_for_connections_and_for_nothing_else) {
  for (const mode& one : {mode{R"({"mode":"expired"})", tls_flaw::expired},
                          mode{R"({"mode":"wrong_host"})", tls_flaw::wrong_host},
                          mode{R"({"mode":"self_signed"})", tls_flaw::self_signed},
                          mode{R"({"mode":"untrusted"})", tls_flaw::untrusted},
                          mode{R"({"mode":"handshake_abort"})", tls_flaw::handshake_abort}}) {
    const auto fault = made("tls", one.parameters);
    ASSERT_TRUE(fault) << one.parameters;
    const auto verdict = asked(fault);
    ASSERT_TRUE(std::holds_alternative<bad_handshake>(verdict)) << one.parameters;
    EXPECT_EQ(std::get<bad_handshake>(verdict).flaw, one.flaw) << one.parameters;
    EXPECT_TRUE((*fault)->acts_on().connections_only());
  }
}

TEST(tls, has_no_mode_of_its_own_choice) {
  EXPECT_FALSE(made("tls", "{}"));
  EXPECT_FALSE(made("tls", R"({"mode":"revoked"})"));
}

TEST(connections_only, is_not_said_of_a_fault_that_meets_calls_too) {
  EXPECT_FALSE((*made("outage", "{}"))->acts_on().connections_only());
  EXPECT_FALSE((*made("latency", R"({"delay":"1s"})"))->acts_on().connections_only());
}

TEST(dns, fails_at_once_or_never_answers) {
  const auto gone = made("dns", "{}");
  const auto silent = made("dns", R"({"mode":"timeout"})");
  EXPECT_FALSE(std::get<bad_lookup>(asked(gone)).silent);
  EXPECT_FALSE(std::get<bad_lookup>(asked(made("dns", R"({"mode":"nxdomain"})"))).silent);
  EXPECT_TRUE(std::get<bad_lookup>(asked(silent)).silent);
  EXPECT_TRUE((*gone)->acts_on().connections_only() && (*silent)->acts_on().connections_only());
  EXPECT_FALSE(made("dns", R"({"mode":"servfail"})"));
}

TEST(chain,
     a_connection_is_refused_before_its_handshake_goes_wrong_and_that_before_its_upstream_is_looked_up) {
  EXPECT_LT(chain_position(*find("outage")), chain_position(*find("tls")));
  EXPECT_LT(chain_position(*find("tls")), chain_position(*find("dns")));
  EXPECT_LT(chain_position(*find("dns")), chain_position(*find("latency")));
}

TEST(connections, are_selected_by_client_address_count_and_rate) {
  selection third;
  third.nth = 3;
  third.client = "10.0.0.7";
  selector by_count(third, {}, 1);
  EXPECT_FALSE(by_count.takes_everything());
  EXPECT_FALSE(by_count.needs_requests());
  EXPECT_EQ(by_count.select_connection("10.0.0.8", instant{}).what, selector::choice::no_match);
  for (int i = 1; i <= 4; ++i)
    EXPECT_EQ(by_count.select_connection("10.0.0.7", instant{}).what,
              i == 3 ? selector::choice::hit : selector::choice::spared);
  selection some;
  some.rate = share{300'000};
  selector by_rate(some, {}, 1);
  int hit = 0;
  for (int i = 0; i < 10'000; ++i)
    if (by_rate.select_connection("10.0.0.7", instant{}).what == selector::choice::hit) ++hit;
  EXPECT_NEAR(hit, 3000, 200);
}

}  // namespace
}  // namespace epicenter::faults
