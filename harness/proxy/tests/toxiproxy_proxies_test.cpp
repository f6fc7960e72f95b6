// Proxies over Toxiproxy's API: sections 3 and 5 of its reference.
#include "harness/proxy/tests/toxiproxy_world.hpp"

namespace epicenter::proxy::testing {
namespace {

constexpr const char* web =
    R"({"name":"web","listen":"127.0.0.1:18000","upstream":"127.0.0.1:18001","enabled":true,"toxics":[]})";

TEST(toxiproxy_proxies, version_is_the_one_whose_api_is_spoken) {
  toxiproxy_world w;
  const auto r = w.call("GET", "/version");
  EXPECT_EQ(r.body, "{\"version\": \"2.12.0\"}\n");
  EXPECT_EQ(r.fields.get("Content-Type"), "application/json;charset=utf-8");
}

TEST(toxiproxy_proxies, create_shows_all_keys_in_the_originals_order_without_the_logger) {
  toxiproxy_world w;
  EXPECT_EQ(
      w.told("POST", "/proxies", R"({"name":"web","listen":"127.0.0.1:18000","upstream":"127.0.0.1:18001"})"),
      std::string("201 ") + web);
  EXPECT_EQ(w.told("GET", "/proxies/web"), std::string("200 ") + web);
  EXPECT_EQ(w.call("GET", "/proxies/web").fields.get("Content-Type"), "application/json");
}

TEST(toxiproxy_proxies, index_is_a_map_in_the_order_of_names) {
  toxiproxy_world w;
  EXPECT_EQ(w.told("GET", "/proxies"), "200 {}");
  for (const auto* name : {"z", "a", "m"})
    w.call("POST", "/proxies", std::string(R"({"upstream":"u:1","name":")") + name + "\"}");
  const auto all = json::parse(w.call("GET", "/proxies").body).value();
  std::string order;
  for (const auto& [name, shown] : *all.if_object())
    order += std::string(name) + std::string(shown.string_at("name"));
  EXPECT_EQ(order, "aammzz");
}

TEST(toxiproxy_proxies, create_refuses_what_is_missing_taken_or_there) {
  toxiproxy_world w;
  w.add_proxy();
  w.fleet.taken.insert("127.0.0.1:18090");
  EXPECT_EQ(w.refused(400, "POST", "/proxies", R"({"upstream":"u:1"})"), "missing required field: name");
  EXPECT_EQ(w.refused(400, "POST", "/proxies", R"({"name":"","upstream":"u:1"})"),
            "missing required field: name");
  EXPECT_EQ(w.refused(400, "POST", "/proxies", R"({"name":"x"})"), "missing required field: upstream");
  EXPECT_EQ(w.refused(409, "POST", "/proxies", R"({"name":"web","upstream":"u:1"})"), "proxy already exists");
  EXPECT_EQ(w.refused(500, "POST", "/proxies", R"({"name":"x","upstream":"u:1","listen":"127.0.0.1:18090"})"),
            "listen tcp 127.0.0.1:18090: bind: address already in use");
  EXPECT_EQ(w.refused(500, "POST", "/proxies", R"({"name":"x","upstream":"u:1","listen":"nonsense"})"),
            "listen tcp: address nonsense: missing port in address");
  EXPECT_EQ(w.refused(500, "POST", "/proxies", R"({"name":"x","upstream":"u:1","listen":"127.0.0.1:99999"})"),
            "listen tcp: address 99999: invalid port");
  EXPECT_EQ(w.refused(500, "POST", "/proxies", R"({"name":"x","upstream":"u:1","listen":"::1:80"})"),
            "listen tcp: address ::1:80: too many colons in address");
  EXPECT_EQ(w.refused(500, "POST", "/proxies", R"({"name":"x","upstream":"u:1","listen":"x.invalid:80"})"),
            "listen tcp: lookup x.invalid: no such host");
  EXPECT_EQ(w.refused(404, "GET", "/proxies/x"), "proxy not found");
}

TEST(toxiproxy_proxies, a_listen_without_host_is_a_free_port_of_loopback_and_localhost_is_resolved) {
  toxiproxy_world w;
  const auto listen_of = [&w](const std::string& name, const std::string& listen) {
    const auto r = w.call("POST", "/proxies",
                          R"({"upstream":"u:1","name":")" + name + R"(","listen":")" + listen + "\"}");
    return std::string(json::parse(r.body).value().string_at("listen"));
  };
  EXPECT_EQ(listen_of("a", ""), "127.0.0.1:20000");
  EXPECT_EQ(listen_of("b", "127.0.0.1:0"), "127.0.0.1:20001");
  EXPECT_EQ(listen_of("c", ":18099"), "127.0.0.1:18099");
  EXPECT_EQ(listen_of("d", "localhost:18090"), "127.0.0.1:18090");
  EXPECT_EQ(listen_of("e", "[::1]:18090"), "[::1]:18090");
}

TEST(toxiproxy_proxies, created_disabled_it_keeps_its_listen_as_written) {
  toxiproxy_world w;
  EXPECT_EQ(w.told("POST", "/proxies",
                   R"({"name":"p","listen":"localhost:18090","upstream":"u:1","enabled":false})"),
            R"(201 {"name":"p","listen":"localhost:18090","upstream":"u:1","enabled":false,"toxics":[]})");
  EXPECT_EQ(w.told("POST", "/proxies/p", R"({"enabled":true})"),
            R"(200 {"name":"p","listen":"127.0.0.1:18090","upstream":"u:1","enabled":true,"toxics":[]})");
  EXPECT_EQ(w.told("POST", "/proxies/p", R"({"enabled":false})"),
            R"(200 {"name":"p","listen":"127.0.0.1:18090","upstream":"u:1","enabled":false,"toxics":[]})");
}

TEST(toxiproxy_proxies, an_upstream_is_never_validated_and_shown_as_written) {
  toxiproxy_world w;
  for (const auto* upstream : {"nonsense", ":3306", "host:http", "a b:1", "redis.internal:6379"}) {
    const auto r = w.call("POST", "/proxies", std::string(R"({"name":"p","upstream":")") + upstream + "\"}");
    EXPECT_EQ(r.status, 201U) << r.body;
    EXPECT_EQ(json::parse(r.body).value().string_at("upstream"), upstream);
    EXPECT_EQ(w.told("DELETE", "/proxies/p"), "204");
  }
}

TEST(toxiproxy_proxies, create_ignores_toxics) {
  toxiproxy_world w;
  w.call("POST", "/proxies", R"({"name":"p","upstream":"u:1","toxics":[{"type":"latency"}]})");
  EXPECT_EQ(w.told("GET", "/proxies/p/toxics"), "200 []");
  EXPECT_TRUE(w.fleet.faults.empty());
}

TEST(toxiproxy_proxies, update_changes_what_is_given_by_post_as_by_patch) {
  for (const auto* method : {"POST", "PATCH"}) {
    toxiproxy_world w;
    w.add_proxy();
    EXPECT_EQ(w.told(method, "/proxies/web", "{}"), std::string("200 ") + web);
    EXPECT_EQ(w.fleet.calls.size(), 1U) << "nothing is touched";
    EXPECT_EQ(w.told(method, "/proxies/web", R"({"listen":"localhost:18000","upstream":"127.0.0.1:18001"})"),
              std::string("200 ") + web);
    EXPECT_EQ(w.fleet.calls.size(), 1U) << "the same addresses close no connection";
    EXPECT_EQ(w.told(method, "/proxies/web", R"({"name":"other","upstream":"u:2"})"),
              R"(200 {"name":"web","listen":"127.0.0.1:18000","upstream":"u:2","enabled":true,"toxics":[]})");
    EXPECT_EQ(
        w.told(method, "/proxies/web", R"({"enabled":false})"),
        R"(200 {"name":"web","listen":"127.0.0.1:18000","upstream":"u:2","enabled":false,"toxics":[]})");
    EXPECT_EQ(
        w.told(method, "/proxies/web", R"({"enabled":null,"listen":"127.0.0.1:18007"})"),
        R"(200 {"name":"web","listen":"127.0.0.1:18007","upstream":"u:2","enabled":false,"toxics":[]})");
    EXPECT_EQ(w.refused(404, method, "/proxies/other", "{}"), "proxy not found");
    EXPECT_EQ(w.refused(404, method, "/proxies/other", "no JSON"), "proxy not found");
  }
}

TEST(toxiproxy_proxies, an_update_to_a_bad_listen_changes_nothing) {
  toxiproxy_world w;
  w.add_proxy();
  EXPECT_EQ(w.refused(500, "POST", "/proxies/web", R"({"listen":"127.0.0.1:18092x"})"),
            "address tcp/18092x: unknown port");
  EXPECT_EQ(w.refused(500, "POST", "/proxies/web", R"({"listen":"nonsense"})"),
            "address nonsense: missing port in address");
  EXPECT_EQ(w.told("GET", "/proxies/web"), std::string("200 ") + web);
}

TEST(toxiproxy_proxies, an_update_to_a_taken_listen_leaves_it_disabled_there) {
  toxiproxy_world w;
  w.add_proxy();
  w.fleet.taken.insert("127.0.0.1:18090");
  EXPECT_EQ(w.refused(500, "PATCH", "/proxies/web", R"({"listen":"127.0.0.1:18090"})"),
            "listen tcp 127.0.0.1:18090: bind: address already in use");
  EXPECT_EQ(
      w.told("GET", "/proxies/web"),
      R"(200 {"name":"web","listen":"127.0.0.1:18090","upstream":"127.0.0.1:18001","enabled":false,"toxics":[]})");
}

TEST(toxiproxy_proxies, toxics_survive_an_update_and_go_with_a_delete) {
  toxiproxy_world w;
  w.add_proxy();
  w.call("POST", "/proxies/web/toxics", R"({"type":"latency"})");
  w.call("POST", "/proxies/web", R"({"upstream":"u:2"})");
  EXPECT_EQ(w.fleet.faults.size(), 1U);
  EXPECT_EQ(w.told("DELETE", "/proxies/web"), "204");
  EXPECT_EQ(w.refused(404, "DELETE", "/proxies/web"), "proxy not found");
  w.add_proxy();
  EXPECT_EQ(w.told("GET", "/proxies/web"), std::string("200 ") + web);
}

TEST(toxiproxy_proxies, names_are_used_raw) {
  toxiproxy_world w;
  w.add_proxy("a b\\u00fc");
  EXPECT_EQ(w.call("GET", "/proxies/a%20b%C3%BC").status, 200U);
  w.call("POST", "/proxies", R"({"name":"a/b","upstream":"u:1"})");
  EXPECT_EQ(w.told("GET", "/proxies/a%2Fb"), "404 404 page not found\n");
}

TEST(toxiproxy_proxies, reset_starts_all_and_removes_their_toxics) {
  toxiproxy_world w;
  w.add_proxy();
  w.call("POST", "/proxies/web/toxics", R"({"type":"latency"})");
  w.call("POST", "/proxies/web/toxics", R"({"type":"noop","stream":"upstream"})");
  w.call("POST", "/proxies/web", R"({"enabled":false})");
  EXPECT_EQ(w.told("POST", "/reset", "not looked at"), "204");
  EXPECT_EQ(w.told("GET", "/proxies/web"), std::string("200 ") + web);
  EXPECT_TRUE(w.fleet.faults.empty());
}

TEST(toxiproxy_proxies, reset_stops_at_a_proxy_that_cannot_listen) {
  toxiproxy_world w;
  w.add_proxy("a");
  w.call("POST", "/proxies/a/toxics", R"({"type":"latency"})");
  w.call("POST", "/proxies/a", R"({"enabled":false})");
  w.add_proxy("b");
  EXPECT_EQ(w.refused(500, "POST", "/reset"), "listen tcp 127.0.0.1:18000: bind: address already in use");
  EXPECT_EQ(w.fleet.faults.size(), 1U);
}

}  // namespace
}  // namespace epicenter::proxy::testing
