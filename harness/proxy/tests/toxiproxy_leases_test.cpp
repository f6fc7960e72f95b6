// What ends by itself when nobody asks for it any more: lease_ms on proxies and toxics.
#include "harness/proxy/tests/toxiproxy_world.hpp"

namespace epicenter::proxy::testing {
namespace {

std::string add_leased(toxiproxy_world& w) {
  return w.told("POST", "/proxies/web/toxics", R"({"type":"noop","name":"t","lease_ms":5000})");
}

TEST(toxiproxy_leases, are_shown_where_there_are_some) {
  toxiproxy_world w;
  EXPECT_EQ(
      w.told("POST", "/proxies", R"({"name":"p","listen":"127.0.0.1:1","upstream":"u:1","lease_ms":1000})"),
      R"(201 {"name":"p","listen":"127.0.0.1:1","upstream":"u:1","enabled":true,"toxics":[],"lease_ms":1000})");
  EXPECT_EQ(
      w.told("POST", "/proxies/p/toxics", R"({"type":"noop","lease_ms":5000})"),
      R"(200 {"attributes":{},"name":"noop_downstream","type":"noop","stream":"downstream","toxicity":1,"lease_ms":5000})");
  EXPECT_EQ(w.fleet.fault(0).lease, 5s);
}

TEST(toxiproxy_leases, of_a_toxic_end_it_unless_a_call_names_it) {
  toxiproxy_world w;
  w.add_proxy();
  add_leased(w);
  for (int i = 0; i < 3; ++i) {
    w.pass_time(4s);
    EXPECT_EQ(w.call("GET", "/proxies/web/toxics/t").status, 200U);
  }
  w.pass_time(3s);
  w.call("GET", "/proxies/web/toxics");  // names the proxy only
  w.pass_time(3s);
  EXPECT_EQ(w.told("GET", "/proxies/web/toxics"), "200 []");
  EXPECT_EQ(w.refused(404, "POST", "/proxies/web/toxics/t", "{}"), "toxic not found");
  EXPECT_EQ(add_leased(w).substr(0, 3), "200") << "its name is free";
}

TEST(toxiproxy_leases, of_a_proxy_remove_it_with_its_toxics_though_nobody_asks) {
  toxiproxy_world w;
  w.call("POST", "/proxies", R"({"name":"p","upstream":"u:1","lease_ms":1000})");
  w.call("POST", "/proxies/p/toxics", R"({"type":"noop"})");
  w.call("POST", "/proxies", R"({"name":"q","upstream":"u:1","lease_ms":1500})");
  w.pass_time(999ms);
  EXPECT_TRUE(w.fleet.find("p"));
  w.pass_time(1ms);
  EXPECT_FALSE(w.fleet.find("p"));
  EXPECT_TRUE(w.fleet.faults.empty());
  EXPECT_TRUE(w.fleet.find("q"));
  w.pass_time(500ms);
  EXPECT_FALSE(w.fleet.find("q"));
}

TEST(toxiproxy_leases, a_shorter_lease_ends_before_a_longer_one_that_was_there) {
  toxiproxy_world w;
  w.call("POST", "/proxies", R"({"name":"p","upstream":"u:1","lease_ms":60000})");
  w.call("POST", "/proxies", R"({"name":"q","upstream":"u:1","lease_ms":100})");
  w.pass_time(200ms);
  EXPECT_FALSE(w.fleet.find("q"));
  EXPECT_TRUE(w.fleet.find("p"));
}

TEST(toxiproxy_leases, of_a_proxy_begin_anew_with_each_call_that_names_it) {
  toxiproxy_world w;
  w.call("POST", "/proxies", R"({"name":"p","upstream":"u:1","lease_ms":1000})");
  for (int i = 0; i < 5; ++i) {
    w.pass_time(800ms);
    EXPECT_EQ(w.call("GET", "/proxies/p/toxics").status, 200U);
  }
  w.pass_time(800ms);
  w.call("GET", "/proxies");  // names none
  w.pass_time(800ms);
  EXPECT_FALSE(w.fleet.find("p"));
}

TEST(toxiproxy_leases, are_all_renewed_by_one_call) {
  toxiproxy_world w;
  w.add_proxy();
  w.call("POST", "/proxies", R"({"name":"p","upstream":"u:1","lease_ms":5000})");
  add_leased(w);
  w.call("POST", "/proxies/web/toxics", R"({"type":"noop"})");
  for (int i = 0; i < 3; ++i) {
    w.pass_time(4s);
    EXPECT_EQ(w.told("POST", "/leases/renew"), R"(200 {"renewed":2})");
  }
  w.pass_time(6s);
  EXPECT_EQ(w.told("POST", "/leases/renew"), R"(200 {"renewed":0})");
  EXPECT_FALSE(w.fleet.find("p"));
  EXPECT_EQ(w.fleet.faults.size(), 1U);
}

TEST(toxiproxy_leases, can_be_given_changed_and_taken_back_by_an_update) {
  toxiproxy_world w;
  w.add_proxy();
  add_leased(w);
  w.call("POST", "/proxies/web/toxics/t", R"({"lease_ms":0})");
  EXPECT_EQ(w.fleet.fault(0).lease, no_lease);
  w.call("PATCH", "/proxies/web", R"({"lease_ms":1000})");
  w.call("PATCH", "/proxies/web", R"({"lease_ms":0})");
  w.pass_time(1h);
  EXPECT_TRUE(w.fleet.find("web"));
  EXPECT_EQ(w.fleet.faults.size(), 1U);
  w.call("PATCH", "/proxies/web", R"({"lease_ms":1000,"enabled":null})");
  w.pass_time(1s);
  EXPECT_FALSE(w.fleet.find("web"));
}

TEST(toxiproxy_leases, have_a_range) {
  toxiproxy_world w;
  w.add_proxy();
  const std::string wanted = "bad request body: lease_ms: from 1 to 3600000 is wanted, or 0 for none";
  for (const auto* bad : {"-1", "3600001"}) {
    const auto lease = std::string(R"("lease_ms":)") + bad + "}";
    EXPECT_EQ(w.refused(400, "POST", "/proxies", R"({"name":"p","upstream":"u:1",)" + lease), wanted);
    EXPECT_EQ(w.refused(400, "POST", "/proxies/web", "{" + lease), wanted);
    EXPECT_EQ(w.refused(400, "POST", "/proxies/web/toxics", R"({"type":"noop",)" + lease), wanted);
  }
  EXPECT_EQ(
      w.refused(400, "POST", "/proxies/web", R"({"lease_ms":"5s"})"),
      "bad request body: json: cannot unmarshal string into Go struct field Proxy.lease_ms of type int64");
}

}  // namespace
}  // namespace epicenter::proxy::testing
