// What holds for every call of Toxiproxy's API: section 2 of its reference.
#include "harness/proxy/tests/toxiproxy_world.hpp"
#include "harness/proxy/toxiproxy/go_json.hpp"

namespace epicenter::proxy::testing {
namespace {

std::string bad(toxiproxy_world& w, const std::string& body) {
  const auto why = w.refused(400, "POST", "/proxies", body);
  constexpr std::string_view start = "bad request body: ";
  EXPECT_EQ(why.substr(0, start.size()), start);
  return why.substr(std::min(why.size(), start.size()));
}

TEST(toxiproxy_rules, paths_of_its_own_are_told_from_those_of_others) {
  using toxiproxy::toxiproxy_api;
  for (const auto* path :
       {"/version", "/proxies", "/proxies/web", "/proxies/web/toxics", "/proxies/w%20b/toxics/t", "/populate",
        "/reset", "/leases/renew", "/proxies/toxics"})
    EXPECT_TRUE(toxiproxy_api::owns(path)) << path;
  for (const auto* path : {"/", "", "/proxies/", "/proxies/a/", "/proxies/a%2Fb", "/proxies/a/b",
                           "/proxies//toxics", "/proxies/a/toxics/", "/proxies/a/toxics/t/x", "/faults",
                           "/health", "/metrics", "/Version", "/proxies/%zz", "/leases", "/reset/"})
    EXPECT_FALSE(toxiproxy_api::owns(path)) << path;
}

TEST(toxiproxy_rules, an_unknown_path_is_gos_404_without_a_request_id) {
  toxiproxy_world w;
  for (const auto* method : {"GET", "POST", "OPTIONS"}) {
    const auto r = w.call(method, "/proxies/");
    EXPECT_EQ(r.status, 404U);
    EXPECT_EQ(r.body, "404 page not found\n");
    EXPECT_EQ(r.fields.get("Content-Type"), "text/plain; charset=utf-8");
    EXPECT_EQ(r.fields.get("X-Content-Type-Options"), "nosniff");
    EXPECT_FALSE(r.fields.contains("X-Toxiproxy-Request-Id"));
  }
}

TEST(toxiproxy_rules, a_wrong_method_is_an_empty_405_without_a_request_id) {
  toxiproxy_world w;
  w.add_proxy();
  const std::vector<std::pair<std::string, std::string>> calls{
      {"PUT", "/proxies"},
      {"HEAD", "/proxies"},
      {"DELETE", "/proxies"},
      {"OPTIONS", "/proxies/web"},
      {"PUT", "/proxies/web"},
      {"HEAD", "/proxies/web"},
      {"DELETE", "/proxies/x/toxics"},
      {"PUT", "/proxies/x/toxics/t"},
      {"GET", "/populate"},
      {"GET", "/reset"},
      {"POST", "/version"},
      {"GET", "/leases/renew"},
  };
  for (const auto& [method, path] : calls) {
    const auto r = w.call(method, path);
    EXPECT_EQ(r.status, 405U) << method << " " << path;
    EXPECT_EQ(r.body, "");
    EXPECT_FALSE(r.fields.contains("X-Toxiproxy-Request-Id"));
  }
}

TEST(toxiproxy_rules, every_routed_answer_has_an_xid_of_its_own) {
  toxiproxy_world w;
  std::set<std::string> ids;
  const std::vector<std::pair<std::string, std::string>> calls{{"GET", "/version"},
                                                               {"GET", "/proxies"},
                                                               {"GET", "/proxies/x"},
                                                               {"POST", "/proxies"},
                                                               {"POST", "/reset"}};
  for (const auto& [method, path] : calls) {
    const std::string id(w.call(method, path).fields.get("X-Toxiproxy-Request-Id"));
    EXPECT_EQ(id.size(), 20U);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdefghijklmnopqrstuv"), std::string::npos) << id;
    EXPECT_TRUE(id.back() == '0' || id.back() == 'g') << "12 bytes end on one bit: " << id;
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), calls.size());
}

TEST(toxiproxy_rules, browsers_are_kept_out) {
  toxiproxy_world w;
  http::request r;
  r.method = "POST";
  r.target = "/reset";
  r.fields.add("User-Agent", "Mozilla/5.0 (X11)");
  auto got = w.send(r);
  EXPECT_EQ(got.status, 403U);
  EXPECT_EQ(got.body, "User agent not allowed\n");
  EXPECT_EQ(got.fields.get("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_TRUE(got.fields.contains("X-Toxiproxy-Request-Id"));
  r.method = "GET";
  EXPECT_EQ(w.send(r).status, 405U) << "a wrong method still answers as such";
  r.target = "/elsewhere";
  EXPECT_EQ(w.send(r).status, 404U);
  for (const auto* agent :
       {"mozilla/5.0", "Mozilla", "toxiproxy-cli/2.12.0 (linux/amd64)", "x Mozilla/5.0"}) {
    r.target = "/version";
    r.fields.set("User-Agent", agent);
    EXPECT_EQ(w.send(r).status, 200U) << agent;
  }
}

TEST(toxiproxy_rules, bodies_are_read_as_gos_decoder_reads_them) {
  toxiproxy_world w;
  EXPECT_EQ(w.call("POST", "/proxies", R"({"NAME":"a","uPstream":"u:1","unknown":{"x":[1]}})").status, 201U);
  EXPECT_EQ(w.call("POST", "/proxies", R"( {"name":"b","upstream":"u:1"} and more)").status, 201U);
  EXPECT_EQ(
      w.call("POST", "/proxies", R"({"name":"c","upstream":"u:1","enabled":null,"listen":null})").status,
      201U);
  EXPECT_EQ(w.call("POST", "/proxies", R"({"name":"x","name":"d","upstream":"u:1"})").status, 201U);
  EXPECT_EQ(w.call("GET", "/proxies/d").status, 200U) << "the last of two keys holds";
  EXPECT_EQ(w.refused(400, "POST", "/proxies", "null"), "missing required field: name");
}

TEST(toxiproxy_rules, what_is_no_json_is_refused_in_gos_words) {
  toxiproxy_world w;
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "EOF"},
      {" \n", "EOF"},
      {"{", "unexpected EOF"},
      {R"({"name":"a)", "unexpected EOF"},
      {"nonsense", "invalid character 'o' in literal null (expecting 'u')"},
      {"x", "invalid character 'x' looking for beginning of value"},
      {R"({name:"a"})", "invalid character 'n' looking for beginning of object key string"},
      {R"({"a" 1})", "invalid character '1' after object key"},
      {R"({"a":1 "b":2})", "invalid character '\"' after object key:value pair"},
      {R"({"a":1,})", "invalid character '}' looking for beginning of object key string"},
      {"[1 2]", "invalid character '2' after array element"},
      {"[1,]", "invalid character ']' looking for beginning of value"},
      {"[01]", "invalid character '1' after array element"},
      {"[-]", "invalid character ']' in numeric literal"},
      {"[1.]", "invalid character ']' after decimal point in numeric literal"},
      {"[1e]", "invalid character ']' in exponent of numeric literal"},
      {"[\"\n\"]", "invalid character '\\n' in string literal"},
      {R"(["\x"])", "invalid character 'x' in string escape code"},
      {R"(["\u12g4"])", "invalid character 'g' in \\u hexadecimal character escape"},
      {"\x01", "invalid character '\\x01' looking for beginning of value"},
      {std::string(100'000, '['), "exceeded max depth"},
  };
  for (const auto& [body, why] : cases) EXPECT_EQ(bad(w, body), why) << body.substr(0, 40);
}

TEST(toxiproxy_rules, values_of_the_wrong_type_are_refused_in_gos_words) {
  toxiproxy_world w;
  EXPECT_EQ(bad(w, "[]"), "json: cannot unmarshal array into Go value of type toxiproxy.Proxy");
  EXPECT_EQ(bad(w, "5"), "json: cannot unmarshal number into Go value of type toxiproxy.Proxy");
  EXPECT_EQ(bad(w, R"({"name":5,"upstream":true})"),
            "json: cannot unmarshal number into Go struct field Proxy.name of type string");
  EXPECT_EQ(bad(w, R"({"enabled":"yes"})"),
            "json: cannot unmarshal string into Go struct field Proxy.enabled of type bool");
  w.add_proxy();
  EXPECT_EQ(
      w.refused(400, "POST", "/proxies/web/toxics", R"({"type":"latency","toxicity":"1"})"),
      "bad request body: json: cannot unmarshal string into Go struct field ToxicWrapper.toxicity of type "
      "float32");
  EXPECT_EQ(
      w.refused(400, "POST", "/proxies/web/toxics", R"({"type":"latency","toxicity":1e40})"),
      "bad request body: json: cannot unmarshal number 1e40 into Go struct field ToxicWrapper.toxicity of "
      "type float32");
  EXPECT_EQ(
      w.refused(400, "POST", "/proxies/web/toxics", R"({"type":"latency","attributes":[]})"),
      "bad request body: json: cannot unmarshal array into Go struct field ToxicWrapper.attributes of type "
      "toxics.NoopToxic");
}

TEST(toxiproxy_rules, strings_are_decoded_and_shown_as_go_does) {
  const auto read = [](std::string_view text) {
    const auto v = toxiproxy::read_first_value(text);
    return v && v->is_string() ? std::string(*v->if_string()) : std::string("no string");
  };
  EXPECT_EQ(read(R"("\u00fc\ud83d\ude00\"\\\/\b\f\n\r\t")"), "\xc3\xbc\xf0\x9f\x98\x80\"\\/\b\f\n\r\t");
  EXPECT_EQ(read(R"("\ud83dx")"), "\xef\xbf\xbdx");
  EXPECT_EQ(read(R"("\ud83d\u0041")"),
            "\xef\xbf\xbd"
            "A");
  EXPECT_EQ(read("\"a\xff\""), "a\xef\xbf\xbd");
  EXPECT_EQ(toxiproxy::write_go(json::value("<a&b>")), R"("\u003ca\u0026b\u003e")");
}

}  // namespace
}  // namespace epicenter::proxy::testing
