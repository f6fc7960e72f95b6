#include "mock-epic/tests/stub_fixture.hpp"

namespace epicenter::mock::stubs::test {
namespace {

/// What the template makes of a request: POST http://epic:81/a/b%20c?q=1&q=2 with a JSON body.
std::string rendered(const std::string& text, std::uint64_t seed = 1) {
  const auto compiled = text_template::compile(text);
  if (!compiled) return "compile: " + compiled.error();
  const http::request r =
      make_request("POST", "/a/b%20c?q=1&q=2&empty", quoted("{'n':{'x':'v'},'l':[1,2,3],'d':1.50}"),
                   {{"Host", "epic:81"}, {"X-One", "<1>"}, {"Cookie", "c=3"}});
  request_origin origin;
  origin.client_ip = "10.0.0.9";
  origin.at = wall_time{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5} + 9h + 30min};
  origin.id = "the-id";
  const stub_request view(r, origin);
  const http::parameters variables{{"id", "b c"}};
  const json::object parameters{{"p", json::object{{"k", "given"}}}};
  runtime::random_stream random(seed);
  template_world world;
  world.request = &view;
  world.path_variables = &variables;
  world.parameters = &parameters;
  world.random = &random;
  auto made = compiled->render(world);
  return made ? *made : "render: " + made.error();
}

struct template_case {
  std::string text;
  std::string expected;
};

TEST(stub_templates, know_the_request) {
  const std::vector<template_case> all{
      {"plain {single} }}", "plain {single} }}"},
      {"{{request.url}}", "/a/b%20c?q=1&q=2&empty"},
      {"{{request.path}}", "/a/b%20c"},
      {"{{request.path.[0]}}-{{request.path.[1]}}-{{request.path.id}}", "a-b c-b c"},
      {"{{request.pathSegments.[1]}}", "b c"},
      {"{{request.query.q}} {{request.query.q.[1]}} {{request.query.none}}|", "1 2 |"},
      {"{{request.headers.x-one}} {{{request.headers.X-One}}} {{request.headers.[X-One].[0]}}",
       "<1> <1> <1>"},
      {"{{request.cookies.c}}", "3"},
      {"{{request.method}} {{request.host}} {{request.port}} {{request.scheme}}", "POST epic 81 http"},
      {"{{request.baseUrl}} {{request.clientIp}} {{request.id}}", "http://epic:81 10.0.0.9 the-id"},
      {"{{request.bodyAsBase64}}", "eyJuIjp7IngiOiJ2In0sImwiOlsxLDIsM10sImQiOjEuNTB9"},
      {"{{parameters.p.k}}", "given"},
      {"{{! a comment }}{{!-- }} --}}x", "x"},
      {"a {{~request.method~}} b", "aPOSTb"},
      {"\\{{request.method}}", "{{request.method}}"},
      {"{{unknown}}", ""},
  };
  for (const template_case& c : all) EXPECT_EQ(rendered(c.text), c.expected) << c.text;
}

TEST(stub_templates, have_wiremocks_functions) {
  const std::vector<template_case> all{
      {"{{jsonPath request.body '$.n.x'}}", "v"},
      {"{{jsonPath request.body '$.l'}}", "[1,2,3]"},
      {"{{jsonPath request.body '$.d'}}", "1.50"},
      {"{{jsonPath request.body '$.no' default='d'}}", "d"},
      {"{{jsonPath 'x' '$.a'}}", "[ERROR: not JSON: this is not valid JSON: line 1, column 1]"},
      {"{{now}}", "2026-01-05T09:30:00Z"},
      {"{{now offset='-3 days' format='yyyy-MM-dd'}}", "2026-01-02"},
      {"{{now format='epoch'}} {{now format='unix'}}", "1767605400000 1767605400"},
      {"{{now timezone='+02:00' format='HH:mm:ssXXX'}}", "11:30:00+02:00"},
      {"{{date (parseDate '05/01/2026' format='dd/MM/yyyy') offset='1 month' format='EEE, d MMM yyyy'}}",
       "Thu, 5 Feb 2026"},
      {"{{dateFormat '2026-01-05' format=\"yyyy 'T' MM\"}}", "2026 T 01"},
      {"{{#if request.query.q}}y{{else}}n{{/if}}{{#if request.query.none}}y{{else if "
       "request.method}}e{{else}}n{{/if}}",
       "ye"},
      {"{{#unless request.query.none}}u{{/unless}}", "u"},
      {"{{#each request.query.q as |v i|}}{{i}}:{{v}}{{#unless @last}},{{/unless}}{{/each}}", "0:1,1:2"},
      {"{{#each (jsonPath request.body '$.l')}}{{@index}}{{this}}{{/each}}", "011223"},
      {"{{#each (jsonPath request.body '$.n')}}{{@key}}={{this}}{{/each}}", "x=v"},
      {"{{#each (range 1 0)}}a{{else}}none{{/each}}", "none"},
      {"{{#with (parseJson request.body)}}{{n.x}}{{/with}}", "v"},
      {"{{#eq request.method 'POST'}}y{{else}}n{{/eq}}{{eq 1 1.0}}", "ytrue"},
      {"{{contains 'abc' 'b'}} {{contains request.query.q '2'}} {{matches 'abc' 'a.*'}}", "true true true"},
      {"{{capitalize 'a bc'}}{{upper 'a'}}{{lower 'A'}}{{substring 'abcd' 1 3}}{{replace 'aXa' 'a' "
       "'b'}}{{trim ' x '}}",
       "A BcAabcbXbx"},
      {"{{base64 'hi'}} {{base64 'aGk=' decode=true}} {{#base64}}hi{{/base64}}", "aGk= hi aGk="},
      {"{{urlEncode 'a b/'}} {{urlEncode 'a%20b' decode=true}}", "a%20b%2F a b"},
      {"{{math 1 '+' 2}} {{math 7 '/' 2}} {{math '3' '*' 4}} {{math 7 '%' 4}}", "3 3.5 12 3"},
      {"{{size (jsonPath request.body '$.l')}} {{size 'abc'}} {{size request.query.q}}", "3 3 2"},
      {"{{join (range 1 3) '-'}} {{join 'a' 'b' ','}}", "1-2-3 a,b"},
      {"{{regexExtract 'abc123' '[0-9]+'}} {{regexExtract 'a' 'b' default='d'}}", "123 d"},
      {"{{#parseJson 'o'}}{\"k\":[5]}{{/parseJson}}{{o.k.[0]}}", "5"},
      {"{{toJson (jsonPath request.body '$.n')}}", "{\"x\":\"v\"}"},
      {"{{jsonArrayAdd '[1]' '2'}} {{#jsonArrayAdd '[1]'}}{\"a\":1}{{/jsonArrayAdd}}", "[1,2] [1,{\"a\":1}]"},
      {"{{jsonMerge '{\"a\":{\"b\":1}}' '{\"a\":{\"c\":2}}'}}", "{\"a\":{\"b\":1,\"c\":2}}"},
      {"{{#with (formData 'a=1&b=x%20y' urlDecode=true)}}{{a}}{{b}}{{/with}}", "1x y"},
      {"{{systemValue type='ENVIRONMENT' key='HOME'}}", "[ERROR: Access to HOME is denied]"},
      {"{{#assign 'v'}}{{request.method}}!{{/assign}}{{v}}", "POST!"},
      {"{{xPath '<a><b>1</b></a>' '/a/b/text()'}}", "1"},
      {"{{hostname}}", "localhost"},
      {"{{val request.query.none or='z'}}", "z"},
  };
  for (const template_case& c : all) EXPECT_EQ(rendered(c.text), c.expected) << c.text;
}

TEST(stub_templates, draw_from_the_seed) {
  EXPECT_TRUE(is_uuid(rendered("{{randomValue type='UUID'}}")));
  const std::string drawn = rendered("{{randomValue length=12 type='NUMERIC'}}");
  EXPECT_EQ(drawn.size(), 12U);
  EXPECT_EQ(drawn.find_first_not_of("0123456789"), std::string::npos);
  EXPECT_EQ(drawn, rendered("{{randomValue length=12 type='NUMERIC'}}"));
  EXPECT_NE(drawn, rendered("{{randomValue length=12 type='NUMERIC'}}", 2));
  EXPECT_EQ(rendered("{{randomInt lower=5 upper=5}}"), "5");
  EXPECT_EQ(rendered("{{randomValue length=4 type='ALPHANUMERIC' uppercase=true}}")
                .find_first_of("abcdefghijklmnopqrstuvwxyz"),
            std::string::npos);
}

TEST(stub_templates, end_within_bounds) {
  EXPECT_EQ(rendered("{{nope 1}}"), "render: no such helper: nope");
  EXPECT_EQ(rendered("{{#nope 1}}{{/nope}}"), "render: no such helper: nope");
  EXPECT_TRUE(rendered("{{#if x}}").starts_with("compile: "));
  EXPECT_TRUE(rendered("{{x").starts_with("compile: "));
  EXPECT_TRUE(rendered("{{/if}}").starts_with("compile: "));
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "{{#if 1}}";
  EXPECT_EQ(rendered(deep), "compile: blocks are nested too deep");
  const std::string wide = "{{#each (range 1 9999)}}{{#each (range 1 9999)}}x{{/each}}{{/each}}";
  EXPECT_TRUE(rendered(wide).starts_with("render: ")) << rendered(wide).substr(0, 100);
  const std::string large = "{{#each (range 1 9999)}}" + std::string(10'000, 'x') + "{{/each}}";
  EXPECT_EQ(rendered(large), "render: the output is larger than 4 MiB");
}

TEST(stub_templates, stand_in_bodies_headers_files_and_proxies) {
  desk d;
  d.add(
      "{'request':{'urlPathTemplate':'/p/{id}'},'response':{'body':'{{request.path.id}}{{parameters.x}}',"
      "'headers':{'Location':'/p/{{request.path.id}}'},'transformers':['response-template'],"
      "'transformerParameters':{'x':'!'}}}");
  const auto answer = d.get("/p/7");
  EXPECT_EQ(answer->response.body, "7!");
  EXPECT_EQ(answer->response.fields.get("Location"), "/p/7");
  EXPECT_EQ(d.get("/p/a%0d%0aX:%20b")->response.fields.get("Location"), "/p/aX: b") << "no line of its own";
  d.add("{'request':{'urlPath':'/plain'},'response':{'body':'{{request.method}}'}}");
  EXPECT_EQ(d.get("/plain")->response.body, "{{request.method}}");
  d.add(
      "{'request':{'urlPath':'/bad'},'response':{'body':'{{nope 1}}','transformers':['response-template']}}");
  EXPECT_EQ(d.get("/bad")->response.status, 500U);
  EXPECT_EQ(d.get("/bad")->response.body.find("Exception"), std::string::npos);
  d.add(
      "{'request':{'urlPathPattern':'/api/.*'},'response':{'proxyBaseUrl':'http://"
      "127.0.0.1:{{request.query.port}}/',"
      "'proxyUrlPrefixToRemove':'/"
      "api','additionalProxyRequestHeaders':{'X-A':'1'},'removeProxyRequestHeaders':['X-B'],"
      "'transformers':['response-template']}}");
  const auto proxied =
      d.ask(make_request("GET", "/api/x?port=9", {}, {{"X-B", "2"}, {"X-C", "3"}, {"Host", "h"}}));
  EXPECT_EQ(proxied->proxy->url, "http://127.0.0.1:9/x?port=9");
  EXPECT_EQ(proxied->proxy->request.fields.get("X-A"), "1");
  EXPECT_EQ(proxied->proxy->request.fields.get("X-C"), "3");
  EXPECT_FALSE(proxied->proxy->request.fields.contains("X-B"));
  EXPECT_FALSE(proxied->proxy->request.fields.contains("Host"));
}

}  // namespace
}  // namespace epicenter::mock::stubs::test
