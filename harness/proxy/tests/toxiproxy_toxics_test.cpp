// Toxics over Toxiproxy's API: sections 4 and 5 of its reference.
#include "harness/proxy/tests/toxiproxy_world.hpp"

namespace epicenter::proxy::testing {
namespace {

class toxiproxy_toxics : public ::testing::Test {
 protected:
  toxiproxy_toxics() { w.add_proxy(); }
  std::string add(const std::string& body) { return w.told("POST", "/proxies/web/toxics", body); }
  std::string refused(unsigned status, const std::string& body) {
    return w.refused(status, "POST", "/proxies/web/toxics", body);
  }
  toxiproxy_world w;
};

TEST_F(toxiproxy_toxics, have_defaults_and_are_answered_200_in_the_originals_order) {
  EXPECT_EQ(
      add(R"({"type":"latency"})"),
      R"(200 {"attributes":{"latency":0,"jitter":0},"name":"latency_downstream","type":"latency","stream":"downstream","toxicity":1})");
  EXPECT_EQ(w.told("GET", "/proxies/web/toxics/latency_downstream").substr(0, 31),
            R"(200 {"attributes":{"latency":0,)");
  EXPECT_EQ(w.call("GET", "/proxies/web/toxics").fields.get("Content-Type"), "application/json");
}

TEST_F(toxiproxy_toxics, of_every_type_list_all_their_attributes_in_struct_order) {
  const std::map<std::string, std::string> shown{
      {"latency", R"({"latency":0,"jitter":0})"},
      {"bandwidth", R"({"rate":0})"},
      {"slow_close", R"({"delay":0})"},
      {"timeout", R"({"timeout":0})"},
      {"reset_peer", R"({"timeout":0})"},
      {"slicer", R"({"average_size":1,"size_variation":0,"delay":0})"},
      {"limit_data", R"({"bytes":0})"},
      {"noop", "{}"},
  };
  EXPECT_EQ(shown.size(), toxiproxy::toxic_types().size());
  for (const auto& [type, attributes] : shown) {
    const std::string needed = type == "slicer" ? R"(,"attributes":{"average_size":1,"unknown":"x"})" : "";
    EXPECT_EQ(add(R"({"type":")" + type + "\"" + needed + "}"),
              "200 {\"attributes\":" + attributes + ",\"name\":\"" + type + "_downstream\",\"type\":\"" +
                  type + R"(","stream":"downstream","toxicity":1})");
  }
}

TEST_F(toxiproxy_toxics, echo_stream_and_toxicity_as_sent) {
  const auto r = add(R"({"type":"latency","stream":"UPSTREAM","toxicity":7})");
  EXPECT_NE(r.find(R"("name":"latency_UPSTREAM","type":"latency","stream":"UPSTREAM","toxicity":7})"), r.npos)
      << r;
  EXPECT_EQ(w.fleet.fault(0).match.rate.ppm, 1'000'000);
  EXPECT_EQ(*w.fleet.fault(0).parameters.find("direction")->if_string(), "request");
  const auto toxicity = [this](const std::string& text) {
    static int number = 0;
    const auto body =
        R"({"type":"noop","name":")" + std::to_string(++number) + R"(","toxicity":)" + text + "}";
    const auto shown = add(body);
    return shown.substr(shown.rfind(':') + 1);
  };
  EXPECT_EQ(toxicity("1.0"), "1}");
  EXPECT_EQ(toxicity("0.5"), "0.5}");
  EXPECT_EQ(toxicity("0.1"), "0.1}");
  EXPECT_EQ(toxicity("1e2"), "100}");
  EXPECT_EQ(toxicity("-1"), "-1}");
  EXPECT_EQ(w.fleet.faults.back().spec.match.rate.ppm, 0);
  EXPECT_EQ(toxicity("1e-400"), "0}");
  EXPECT_EQ(toxicity("1e-60"), "0}");
  EXPECT_EQ(toxicity("0.0000001"), "1e-07}");
  EXPECT_EQ(toxicity("0.3"), "0.3}");
  EXPECT_EQ(w.fleet.faults.back().spec.match.rate.ppm, 300'000);
}

TEST_F(toxiproxy_toxics, are_listed_upstream_first_and_by_age) {
  add(R"({"type":"latency","name":"d1"})");
  add(R"({"type":"latency","name":"u1","stream":"upstream"})");
  add(R"({"type":"noop","name":"d2"})");
  add(R"({"type":"noop","name":"u2","stream":"Upstream"})");
  for (const auto* path : {"/proxies/web/toxics", "/proxies/web"}) {
    auto list = json::parse(w.call("GET", path).body).value();
    if (const auto* inner = list.find("toxics")) list = json::value(*inner);
    std::string order;
    for (const auto& t : *list.if_array()) order += t.string_at("name");
    EXPECT_EQ(order, "u1u2d1d2");
  }
}

TEST_F(toxiproxy_toxics, are_refused_with_the_originals_words) {
  EXPECT_EQ(w.refused(404, "POST", "/proxies/x/toxics", R"({"type":"latency"})"), "proxy not found");
  EXPECT_EQ(refused(400, R"({"type":"nonsense"})"), "invalid toxic type");
  EXPECT_EQ(refused(400, "{}"), "invalid toxic type");
  EXPECT_EQ(refused(400, R"({"type":"latency","stream":"sideways"})"),
            "stream was invalid, can be either upstream or downstream");
  EXPECT_EQ(refused(400, R"({"type":"nonsense","stream":""})"),
            "stream was invalid, can be either upstream or downstream");
  add(R"({"type":"latency","name":"n"})");
  EXPECT_EQ(refused(409, R"({"type":"noop","name":"n","stream":"upstream"})"), "toxic already exists");
  EXPECT_EQ(w.refused(404, "GET", "/proxies/web/toxics/x"), "toxic not found");
  EXPECT_EQ(w.refused(404, "POST", "/proxies/web/toxics/x", "{}"), "toxic not found");
  EXPECT_EQ(w.refused(404, "DELETE", "/proxies/web/toxics/x"), "toxic not found");
  EXPECT_EQ(w.refused(404, "DELETE", "/proxies/x/toxics/n"), "proxy not found");
  EXPECT_EQ(w.fleet.faults.size(), 1U);
}

TEST_F(toxiproxy_toxics, take_only_json_integers_as_attributes) {
  const auto latency = [this](const std::string& text) {
    return refused(400, R"({"type":"latency","attributes":{"latency":)" + text + "}}");
  };
  const std::string field = " into Go struct field LatencyToxic.attributes.latency of type int64";
  const std::string start = "bad request body: json: cannot unmarshal ";
  EXPECT_EQ(latency("1.0"), start + "number 1.0" + field);
  EXPECT_EQ(latency("1.5"), start + "number 1.5" + field);
  EXPECT_EQ(latency("1e3"), start + "number 1e3" + field);
  EXPECT_EQ(latency("9223372036854775808"), start + "number 9223372036854775808" + field);
  EXPECT_EQ(latency("\"100\""), start + "string" + field);
  EXPECT_EQ(latency("true"), start + "bool" + field);
  EXPECT_EQ(latency("[]"), start + "array" + field);
  EXPECT_EQ(latency("{}"), start + "object" + field);
  EXPECT_EQ(add(R"({"type":"latency","attributes":{"latency":null,"JITTER":-5}})").substr(0, 47),
            R"(200 {"attributes":{"latency":0,"jitter":-5},"na)");
}

TEST_F(toxiproxy_toxics, an_update_merges_and_keeps_name_type_and_stream) {
  add(R"({"type":"latency","name":"n","attributes":{"latency":100,"jitter":5}})");
  for (const auto* method : {"POST", "PATCH"}) {
    EXPECT_EQ(
        w.told(method, "/proxies/web/toxics/n",
               R"({"attributes":{"jitter":7},"toxicity":0.25,"name":"m","type":"noop","stream":"upstream"})"),
        R"(200 {"attributes":{"latency":100,"jitter":7},"name":"n","type":"latency","stream":"downstream","toxicity":0.25})");
    EXPECT_EQ(w.told(method, "/proxies/web/toxics/n", R"({"attributes":null,"toxicity":null})").substr(0, 48),
              R"(200 {"attributes":{"latency":100,"jitter":7},"na)");
    EXPECT_EQ(w.fleet.faults.size(), 1U);
    EXPECT_EQ(w.fleet.fault(0).match.rate.ppm, 250'000);
    EXPECT_EQ(
        w.refused(400, method, "/proxies/web/toxics/n", R"({"toxicity":0.5,"attributes":{"latency":"x"}})"),
        "bad request body: json: cannot unmarshal string into Go struct field "
        "LatencyToxic.attributes.latency of type int64");
    EXPECT_EQ(w.fleet.fault(0).match.rate.ppm, 250'000) << "a bad update changes nothing";
  }
}

TEST_F(toxiproxy_toxics, an_update_replaces_the_fault_in_place_under_the_same_id) {
  add(R"({"type":"bandwidth","name":"n","attributes":{"rate":0}})");
  EXPECT_EQ(w.fleet.fault(0).type, "stall");
  w.call("POST", "/proxies/web/toxics/n", R"({"attributes":{"rate":10}})");
  EXPECT_EQ(w.fleet.calls.back(), "replace toxic.web.n.1");
  EXPECT_EQ(w.fleet.fault(0).type, "bandwidth");
}

TEST_F(toxiproxy_toxics, a_slicer_without_an_average_size_is_a_400_and_the_server_lives) {
  EXPECT_EQ(refused(400, R"({"type":"slicer"})"), "slicer needs an average_size of at least 1 byte");
  EXPECT_EQ(refused(400, R"({"type":"slicer","attributes":{"average_size":-1}})"),
            "slicer needs an average_size of at least 1 byte");
  add(R"({"type":"slicer","name":"s","attributes":{"average_size":10,"size_variation":20}})");
  EXPECT_EQ(*w.fleet.fault(0).parameters.find("variation"), json::value(9)) << "the original dies of more";
  EXPECT_EQ(w.refused(400, "POST", "/proxies/web/toxics/s", R"({"attributes":{"average_size":0}})"),
            "slicer needs an average_size of at least 1 byte");
}

TEST_F(toxiproxy_toxics, a_removed_toxic_is_gone_and_its_name_free) {
  add(R"({"type":"timeout"})");
  EXPECT_EQ(w.told("DELETE", "/proxies/web/toxics/timeout_downstream"), "204");
  EXPECT_TRUE(w.fleet.faults.empty());
  EXPECT_EQ(add(R"({"type":"timeout"})").substr(0, 3), "200");
  EXPECT_EQ(w.fleet.fault(0).id, "toxic.web.timeout_downstream.2");
}

TEST_F(toxiproxy_toxics, one_whose_fault_was_removed_elsewhere_is_no_longer_listed) {
  add(R"({"type":"timeout"})");
  w.fleet.faults.clear();
  EXPECT_EQ(w.told("GET", "/proxies/web/toxics"), "200 []");
  EXPECT_EQ(w.refused(404, "DELETE", "/proxies/web/toxics/timeout_downstream"), "toxic not found");
}

TEST_F(toxiproxy_toxics, ids_of_faults_are_plain_whatever_the_names) {
  const auto long_name = std::string(300, 'x');
  add(R"({"type":"noop","name":"a b/\u00fc\"<"})");
  add(R"({"type":"noop","name":")" + long_name + "\"}");
  for (const auto& f : w.fleet.faults) {
    EXPECT_LE(f.spec.id.size(), 128U);
    EXPECT_EQ(
        f.spec.id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."),
        std::string::npos)
        << f.spec.id;
  }
}

}  // namespace
}  // namespace epicenter::proxy::testing
