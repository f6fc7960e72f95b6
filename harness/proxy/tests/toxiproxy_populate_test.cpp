// Many proxies at once: POST /populate and the config file.
#include <unistd.h>

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "harness/proxy/tests/toxiproxy_world.hpp"
#include "harness/proxy/toxiproxy/config_file.hpp"

namespace epicenter::proxy::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* ok1 =
    R"({"name":"ok1","listen":"127.0.0.1:18010","upstream":"u:1","enabled":true,"toxics":[]})";

TEST(toxiproxy_populate, creates_in_order_and_keeps_what_is_not_listed) {
  toxiproxy_world w;
  w.add_proxy();
  EXPECT_EQ(w.told("POST", "/populate", R"([{"name":"ok1","listen":"127.0.0.1:18010","upstream":"u:1"}])"),
            std::string("201 {\"proxies\":[") + ok1 + "]}");
  EXPECT_EQ(w.call("GET", "/proxies/web").status, 200U);
  const auto r = w.call("POST", "/populate", "[]");
  EXPECT_EQ(r.fields.get("Content-Type"), "application/json");
}

TEST(toxiproxy_populate, of_nothing_is_an_empty_list_not_null) {
  toxiproxy_world w;
  EXPECT_EQ(w.told("POST", "/populate", "[]"), R"(201 {"proxies":[]})");
  EXPECT_EQ(w.told("POST", "/populate", "null"), R"(201 {"proxies":[]})");
}

TEST(toxiproxy_populate, does_nothing_where_one_entry_is_not_sound) {
  toxiproxy_world w;
  const auto refused = [&w](const std::string& second, unsigned status = 400) {
    const auto r = w.call("POST", "/populate", R"([{"name":"ok1","upstream":"u:1"},)" + second + "]");
    EXPECT_EQ(r.status, status);
    EXPECT_EQ(r.fields.get("Content-Type"), "application/json");
    EXPECT_FALSE(r.fields.contains("X-Content-Type-Options"));
    return r.body;
  };
  EXPECT_EQ(refused(R"({"upstream":"u:1"})"),
            R"({"error":"missing required field: name at proxy 2","status":400,"proxies":null})");
  EXPECT_EQ(refused(R"({"name":"b"})"),
            R"({"error":"missing required field: upstream at proxy 2","status":400,"proxies":null})");
  EXPECT_EQ(refused(R"({"name":"b","upstream":"u:1","toxics":[{"type":"noop"},{"type":"no"}]})"),
            R"({"error":"invalid toxic type at proxy 2, toxic 2","status":400,"proxies":null})");
  EXPECT_EQ(refused(R"({"name":"b","upstream":"u:1","toxics":[{"type":"noop"},{"type":"noop"}]})", 409),
            R"({"error":"toxic already exists at proxy 2, toxic 2","status":409,"proxies":null})");
  EXPECT_EQ(w.told("GET", "/proxies"), "200 {}");
}

TEST(toxiproxy_populate, tells_what_it_cannot_read) {
  toxiproxy_world w;
  EXPECT_EQ(w.told("POST", "/populate", ""),
            R"(400 {"error":"bad request body: EOF","status":400,"proxies":null})");
  EXPECT_THAT(
      w.told("POST", "/populate", "{}"),
      StartsWith(
          R"(400 {"error":"bad request body: json: cannot unmarshal object into Go value of type []s)"));
  EXPECT_THAT(w.told("POST", "/populate", R"([{"name":1}])"),
              HasSubstr("cannot unmarshal number into Go struct field .name of type string"));
}

TEST(toxiproxy_populate, stops_half_way_with_what_was_done) {
  toxiproxy_world w;
  w.fleet.taken.insert("127.0.0.1:18090");
  EXPECT_EQ(
      w.told("POST", "/populate",
             R"([{"name":"ok1","listen":"127.0.0.1:18010","upstream":"u:1"},
                 {"name":"b","listen":"127.0.0.1:18090","upstream":"u:1"},{"name":"c","upstream":"u:1"}])"),
      std::string(
          R"(500 {"error":"listen tcp 127.0.0.1:18090: bind: address already in use","status":500,"proxies":[)") +
          ok1 + "]}");
  EXPECT_EQ(w.call("GET", "/proxies/b").status, 404U);
  EXPECT_EQ(w.call("GET", "/proxies/c").status, 404U);
}

TEST(toxiproxy_populate, leaves_an_equal_proxy_untouched_and_replaces_a_different_one) {
  toxiproxy_world w;
  w.add_proxy();
  w.call("POST", "/proxies/web/toxics", R"({"type":"noop"})");
  const std::string equal =
      R"([{"name":"web","listen":"127.0.0.1:18000","upstream":"127.0.0.1:18001","enabled":false}])";
  EXPECT_THAT(w.told("POST", "/populate", equal), HasSubstr(R"("enabled":true,"toxics":[{"attributes")"));
  EXPECT_EQ(
      w.told("POST", "/populate", R"([{"name":"web","listen":"127.0.0.1:18000","upstream":"u:2"}])"),
      R"(201 {"proxies":[{"name":"web","listen":"127.0.0.1:18000","upstream":"u:2","enabled":true,"toxics":[]}]})");
  EXPECT_TRUE(w.fleet.faults.empty()) << "its toxics are lost";
  EXPECT_THAT(w.told("POST", "/populate",
                     R"([{"name":"web","listen":"127.0.0.1:18002","upstream":"u:2","enabled":false}])"),
              HasSubstr(R"("listen":"127.0.0.1:18002","upstream":"u:2","enabled":false)"));
}

TEST(toxiproxy_populate, applies_toxics_before_the_first_connection_can_come) {
  toxiproxy_world w;
  const std::string list = R"([{"name":"p","listen":"127.0.0.1:18010","upstream":"u:1","toxics":[
      {"type":"latency","attributes":{"latency":5}},{"type":"timeout","stream":"upstream","name":"t","toxicity":0.5}]}])";
  EXPECT_THAT(w.told("POST", "/populate", list),
              HasSubstr(R"("enabled":true,"toxics":[{"attributes":{"timeout":0},)"));
  const std::vector<std::string> order{"create p", "apply toxic.p.latency_downstream.1", "apply toxic.p.t.2",
                                       "change p"};
  EXPECT_EQ(w.fleet.calls, order);
  EXPECT_TRUE(w.fleet.find("p")->enabled);
  EXPECT_EQ(w.call("POST", "/populate", list).status, 201U);
  EXPECT_EQ(w.fleet.faults.size(), 2U) << "twice is as once";
}

TEST(toxiproxy_populate, adds_no_proxy_whose_toxics_would_act_on_a_taken_address) {
  toxiproxy_world w;
  w.fleet.taken.insert("127.0.0.1:18090");
  EXPECT_THAT(
      w.told("POST", "/populate",
             R"([{"name":"p","listen":"127.0.0.1:18090","upstream":"u:1","toxics":[{"type":"noop"}]}])"),
      EndsWith(R"("status":500,"proxies":null})"));
  EXPECT_EQ(w.told("GET", "/proxies"), "200 {}");
  EXPECT_TRUE(w.fleet.faults.empty());
}

class toxiproxy_config : public ::testing::Test {
 protected:
  toxiproxy_config()
      : path_(std::filesystem::temp_directory_path() /
              ("epicenter-toxics-" + std::to_string(::getpid()) + ".json")) {}
  ~toxiproxy_config() override { std::filesystem::remove(path_); }
  result<std::size_t> apply(const std::string& text) {
    std::ofstream(path_, std::ios::binary) << text;
    return apply_at(path_);
  }
  result<std::size_t> apply_at(const std::string& path) {
    std::optional<result<std::size_t>> done;
    runtime::spawn(w.rt, "config", into(w, path, done));
    w.pass_time(1s);
    return done.value();
  }
  std::string why(const std::string& text) {
    const auto done = apply(text);
    if (done) return "applied";
    const auto detail = done.error().detail();
    EXPECT_THAT(detail, StartsWith(path_)) << "the file is named";
    return detail.substr(std::min(detail.size(), path_.size()));
  }
  static runtime::task<> into(toxiproxy_world& w, std::string path,
                              std::optional<result<std::size_t>>& done) {
    auto applying = toxiproxy::apply_config_file(w.rt, w.api, std::move(path));
    auto applied = co_await std::move(applying);
    done.emplace(std::move(applied));
  }
  std::string path_;
  toxiproxy_world w;
};

TEST_F(toxiproxy_config, is_a_populate_with_its_toxics) {
  const auto done = apply(R"([{"name":"web","listen":"[::1]:18080","upstream":"webapp:8080","enabled":true,
                               "toxics":[{"type":"latency"}]},{"name":"b","upstream":"u:1"}])");
  ASSERT_TRUE(done) << done.error().message();
  EXPECT_EQ(*done, 2U);
  EXPECT_EQ(w.fleet.faults.size(), 1U);
}

TEST_F(toxiproxy_config, tells_place_and_cure) {
  w.fleet.taken.insert("127.0.0.1:18090");
  EXPECT_EQ(why("[\n  {\"name\" \"a\"}\n]"),
            ":2:11: invalid character '\"' after object key; correct the JSON there");
  EXPECT_EQ(why(""), ":1:1: EOF; correct the JSON there");
  EXPECT_EQ(why(R"([{"name":"a","upstream":"u:1"},{"name":"b"}])"),
            R"(: proxy 2: missing required field: upstream at proxy 2; give it an "upstream": "host:port")");
  EXPECT_EQ(
      why(R"([{"name":"a","upstream":"u:1","toxics":[{"type":"latncy"}]}])"),
      ": proxy 1: invalid toxic type at proxy 1, toxic 1; the types are latency, bandwidth, slow_close, "
      "timeout, reset_peer, slicer, limit_data, noop");
  EXPECT_THAT(
      why(R"([{"name":"a","upstream":"u:1"},{"name":"b","enabled":"x"}])"),
      StartsWith(": proxy 2: bad request body: json: cannot unmarshal string into Go struct field .enabled"));
  EXPECT_THAT(why("{}"), HasSubstr("it is to be [{"));
  EXPECT_EQ(w.told("GET", "/proxies"), "200 {}") << "nothing of an unsound file is done";
  EXPECT_EQ(
      why(R"([{"name":"a","upstream":"u:1"},{"name":"b","upstream":"u:1","listen":"127.0.0.1:18090"}])"),
      ": proxy 2: listen tcp 127.0.0.1:18090: bind: address already in use; choose another \"listen\", or "
      "end what listens there");
}

TEST_F(toxiproxy_config, has_a_bound_and_must_be_there) {
  EXPECT_THAT(why(std::string(toxiproxy::largest_config + 1, ' ')), HasSubstr("at most 4194304 bytes"));
  const auto absent = apply_at("/nonexistent/toxics.json");
  ASSERT_FALSE(absent);
  EXPECT_THAT(absent.error().message(), HasSubstr("/nonexistent/toxics.json; is it there"));
  EXPECT_FALSE(apply_at("/"));
}

}  // namespace
}  // namespace epicenter::proxy::testing
