// Which representation a client gets, and what the XML looks like.
#include "mock-epic/fhir/negotiation.hpp"
#include "mock-epic/fhir/xml.hpp"
#include "mock-epic/tests/fhir_fixture.hpp"

namespace epicenter::mock::test {
namespace {

std::string type_for(std::string_view accept, bool orders, std::string_view query = "",
                     std::string_view form = "") {
  http::request request;
  request.target = "/Patient" + std::string(query);
  if (!accept.empty()) request.fields.add("Accept", std::string(accept));
  if (!form.empty()) {
    request.method = "POST";
    request.target = "/Patient/_search" + std::string(query);
    request.body = form;
  }
  http::response response;
  response.body = R"({"resourceType":"Patient","id":"x"})";
  fhir::negotiate(request, response, orders);
  EXPECT_EQ(response.body.front() == '<', response.content_type().ends_with("xml"));
  return response.content_type();
}

TEST(Negotiation, WeighsWhatTheClientAccepts) {
  struct row {
    std::string_view accept, strict, orders;
  };
  for (const row& one : std::vector<row>{
           {"", "application/xml", "application/fhir+json"},
           {"*/*", "application/xml", "application/fhir+json"},
           {"this/is-not-a-real-mime", "application/xml", "application/fhir+json"},
           {"application/fhir+json", "application/fhir+json", "application/fhir+json"},
           {"application/json", "application/json", "application/json"},
           {"application/xml", "application/xml", "application/xml"},
           {"Application/FHIR+XML; fhirVersion=4.0", "application/fhir+xml", "application/fhir+xml"},
           {"text/html, application/json;q=0.5", "application/json", "application/json"},
           {"application/xml;q=0.2, application/fhir+json;q=0.9", "application/fhir+json",
            "application/fhir+json"},
           {"application/fhir+json;q=0.2, application/xml;q=0.3", "application/xml", "application/xml"},
           {"application/fhir+json, application/xml", "application/fhir+json", "application/fhir+json"},
           {"application/fhir+json, */*;q=0.1", "application/fhir+json", "application/fhir+json"},
           {"application/json;q=0, application/fhir+xml;q=0.1", "application/fhir+xml",
            "application/fhir+xml"},
           {"application/json;q=x", "application/xml", "application/fhir+json"}}) {
    EXPECT_EQ(type_for(one.accept, false), one.strict) << one.accept;
    EXPECT_EQ(type_for(one.accept, true), one.orders) << one.accept;
  }
}

TEST(Negotiation, TheFormatParameterCountsMoreThanAccept) {
  for (const bool orders : {false, true}) {
    EXPECT_EQ(type_for("application/xml", orders, "?_format=json"), "application/fhir+json");
    EXPECT_EQ(type_for("application/xml", orders, "?_format=application/fhir%2Bjson"),
              "application/fhir+json");
    EXPECT_EQ(type_for("application/xml", orders, "?_format=application/fhir+json"), "application/fhir+json");
    EXPECT_EQ(type_for("application/json", orders, "?_format=xml"), "application/fhir+xml");
    EXPECT_EQ(type_for("application/json", orders, "?_format=text/xml"), "application/xml");
    EXPECT_EQ(type_for("application/json", orders, "?_format=nonsense"), "application/json");
    EXPECT_EQ(type_for("application/json", orders, "", "a=b&_format=xml"), "application/fhir+xml");
  }
}

TEST(Negotiation, LeavesAloneWhatHasATypeAndWhatIsEmpty) {
  http::request request;
  http::response page;
  page.fields.set("Content-Type", "text/html");
  page.body = "<html>";
  fhir::negotiate(request, page, false);
  EXPECT_EQ(page.fields.get("Content-Type"), "text/html");
  http::response empty;
  fhir::negotiate(request, empty, false);
  EXPECT_FALSE(empty.fields.contains("Content-Type"));
}

std::string xml(std::string_view text) {
  const auto parsed = json::parse(text);
  EXPECT_TRUE(parsed) << text;
  return parsed ? fhir::write_xml(*parsed) : std::string();
}

TEST(Xml, ExtensionsOfPrimitivesLieInTheirElements) {
  EXPECT_EQ(
      xml(R"({"resourceType":"Patient","name":[{"given":["A",null,"C"],"_given":[null,{"id":"g","extension":[{"url":"u","valueCode":"x"}]},{"id":"h"}]}]})"),
      R"(<Patient xmlns="http://hl7.org/fhir"><name><given value="A" /><given id="g"><extension url="u"><valueCode value="x" /></extension></given><given id="h" value="C" /></name></Patient>)");
  EXPECT_EQ(
      xml(R"({"resourceType":"Patient","_birthDate":{"extension":[{"url":"u","valueCode":"x"}]}})"),
      R"(<Patient xmlns="http://hl7.org/fhir"><birthDate><extension url="u"><valueCode value="x" /></extension></birthDate></Patient>)")
      << "without a value";
}

TEST(Xml, UrlsAreAttributesOfExtensionsAndElementsElsewhere) {
  EXPECT_EQ(
      xml(R"({"resourceType":"Patient","extension":[{"extension":[{"valueCoding":{"code":"c"},"url":"in"}],"url":"out"}],"photo":[{"url":"http://p"}]})"),
      R"(<Patient xmlns="http://hl7.org/fhir"><extension url="out"><extension url="in"><valueCoding><code value="c" /></valueCoding></extension></extension><photo><url value="http://p" /></photo></Patient>)");
  EXPECT_EQ(xml(R"({"resourceType":"Patient","modifierExtension":[{"url":"m"}]})"),
            R"(<Patient xmlns="http://hl7.org/fhir"><modifierExtension url="m" /></Patient>)");
}

TEST(Xml, ResourcesWithinResourcesAreElementsOfTheirName) {
  EXPECT_EQ(
      xml(R"({"resourceType":"Condition","contained":[{"resourceType":"Practitioner","id":"p"}],"asserter":{"reference":"#p"}})"),
      R"(<Condition xmlns="http://hl7.org/fhir"><contained><Practitioner xmlns="http://hl7.org/fhir"><id value="p" /></Practitioner></contained><asserter><reference value="#p" /></asserter></Condition>)");
}

TEST(Xml, NarrativeGoesInAsItIsAndNothingElseDoes) {
  EXPECT_EQ(
      xml(R"({"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><b>x</b></div>"}})"),
      R"(<Patient xmlns="http://hl7.org/fhir"><text><status value="generated" /><div xmlns="http://www.w3.org/1999/xhtml"><b>x</b></div></text></Patient>)");
  EXPECT_EQ(
      xml(R"({"resourceType":"Patient","text":{"div":"a < b"}})"),
      R"(<Patient xmlns="http://hl7.org/fhir"><text><div xmlns="http://www.w3.org/1999/xhtml">a &lt; b</div></text></Patient>)");
  EXPECT_EQ(
      xml(R"({"resourceType":"Patient","language":"<&>\"\n\u0001x"})"),
      "<Patient xmlns=\"http://hl7.org/fhir\"><language value=\"&lt;&amp;&gt;&quot;&#10;x\" /></Patient>");
}

/// Tags open and close in order, and every attribute is quoted: read by a reader of its own.
TEST(Xml, WhateverIsServedIsWellFormed) {
  fhir::engine_options options;
  options.base_path = fhir_path;
  options.token_path = token_path;
  fhir::engine engine(std::move(options), small_hospital(1, 3));
  for (const std::string_view path :
       {"/metadata", "/Patient/", "/Observation?category=laboratory&patient="}) {
    http::request r;
    r.fields.add("Host", "ehr.example");
    r.target = std::string(fhir_path) + std::string(path);
    if (path != "/metadata") r.target += engine.store().hospital().key(1).patient;
    std::string_view body;
    const fhir::answer got = engine.handle(r, fhir::moment{{}, today});
    body = got.response.body;
    std::vector<std::string_view> open;
    std::size_t elements = 0;
    while (!body.empty()) {
      ASSERT_EQ(body.front(), '<') << path << ": text stands in attributes only";
      const std::size_t end = body.find('>');
      ASSERT_NE(end, std::string_view::npos);
      const std::string_view tag = body.substr(1, end - 1);
      body.remove_prefix(end + 1);
      if (tag.starts_with('/')) {
        ASSERT_FALSE(open.empty());
        ASSERT_EQ(tag.substr(1), open.back());
        open.pop_back();
      } else {
        ++elements;
        EXPECT_EQ(std::count(tag.begin(), tag.end(), '"') % 2, 0) << tag;
        if (!tag.ends_with('/')) open.push_back(tag.substr(0, tag.find(' ')));
      }
    }
    EXPECT_TRUE(open.empty()) << path;
    EXPECT_GT(elements, 10U) << path;
  }
}

}  // namespace
}  // namespace epicenter::mock::test
