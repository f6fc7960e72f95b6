#include "harness/proxy/upstream_guard.hpp"

#include <gtest/gtest.h>

namespace epicenter::proxy {
namespace {

runtime::endpoint at(const char* host) {
  return {host, 443, {}};
}

TEST(upstream_guard, lets_loopback_and_private_ranges_through_and_nothing_else) {
  const upstream_guard guard;
  for (const char* inside :
       {"127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.1.1",
        "::1", "fd00::1", "fe80::1%eth0", "::ffff:10.1.2.3"})
    EXPECT_TRUE(guard.may_name(at(inside))) << inside;
  for (const char* outside :
       {"8.8.8.8", "172.32.0.1", "172.15.0.1", "11.0.0.1", "192.169.0.1", "2001:db8::1", "::ffff:8.8.8.8"})
    EXPECT_FALSE(guard.may_name(at(outside))) << outside;
  EXPECT_TRUE(guard.may_name({{}, 0, "/run/epic.sock"}));
}

TEST(upstream_guard, judges_a_name_by_the_address_it_led_to) {
  const upstream_guard guard;
  EXPECT_TRUE(guard.may_name(at("epic.hospital.example")));
  EXPECT_TRUE(guard.reached(at("epic.hospital.example"), at("10.1.2.3")));
  EXPECT_FALSE(guard.reached(at("epic.hospital.example"), at("93.184.216.34")));
  const upstream_guard wide({"epic.hospital.example"});
  EXPECT_TRUE(wide.reached(at("epic.hospital.example"), at("93.184.216.34")));
  EXPECT_FALSE(wide.reached(at("other.example"), at("93.184.216.34")));
  EXPECT_TRUE(upstream_guard({"*"}).reached(at("other.example"), at("93.184.216.34")));
  EXPECT_TRUE(upstream_guard({"8.8.8.8"}).may_name(at("8.8.8.8")));
}

}  // namespace
}  // namespace epicenter::proxy
