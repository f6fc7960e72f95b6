#include "mock-epic/fhir/xml_reader.hpp"

#include "mock-epic/fhir/validator.hpp"
#include "mock-epic/fhir/xml.hpp"
#include "mock-epic/tests/fhir_fixture.hpp"

namespace epicenter::mock::test {
namespace {

std::string in(std::string_view inner) {
  return R"(<?xml version="1.0"?><!-- x --><Patient xmlns="http://hl7.org/fhir">)" + std::string(inner) +
         "</Patient>";
}

TEST(XmlReader, ReadsWhatJsonWouldHave) {
  struct row {
    std::string_view xml, json;
  };
  for (
      const row& one : std::initializer_list<row>{
          {R"(<active value="true"/>)", R"("active":true)"},
          {R"(<multipleBirthInteger value="2"/>)", R"("multipleBirthInteger":2)"},
          {R"(<name><given value="A"/><given value="B"/></name>)", R"("name":[{"given":["A","B"]}])"},
          {R"(<name><family value="&lt;&#233;&amp;&#x41;&quot;"/></name>)", R"("name":[{"family":"<éA"}])"},
          {R"(<birthDate value="2026"><extension url="u"><valueCode value="x"/></extension></birthDate>)",
           R"("birthDate":"2026","_birthDate":{"extension":[{"url":"u","valueCode":"x"}]})"},
          {R"(<name><given value="A"/><given id="g"/></name>)",
           R"("name":[{"given":["A",null],"_given":[null,{"id":"g"}]}])"},
          {R"(<contained><Organization><id value="o"/></Organization></contained>)",
           R"("contained":[{"resourceType":"Organization","id":"o"}])"},
          {R"(<text><status value="empty"/><div xmlns="http://www.w3.org/1999/xhtml"><p>a <b>b</b><br/></p></div></text>)",
           R"("text":{"status":"empty","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>a <b>b</b><br/></p></div>"})"},
          {R"(<nickname value="x"/>)", R"("nickname":"x")"}}) {
    const auto got = fhir::read_xml(in(one.xml));
    std::string wanted = R"({"resourceType":"Patient",)" + std::string(one.json) + "}";
    if (one.xml.find("&quot;") != std::string_view::npos) wanted.replace(wanted.find("éA"), 3, "é&A\\\"");
    ASSERT_TRUE(got) << one.xml;
    EXPECT_EQ(json::write(*got), wanted);
  }
}

TEST(XmlReader, RefusesWhatIsNoFhirXml) {
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("<Patient>"), std::string("<Patient></Group>"),
        in("<a value=\"1\" value=\"2\"/>"), in("text"), in("<a value=\"&bad;\"/>"), in("<a value=\"&#0;\"/>"),
        in("<a value=\"<\"/>"), in(deep), in("<a/>") + "<b/>", in("<contained></contained>"),
        std::string("<!DOCTYPE x [<!ENTITY a \"b\">]><Patient/>"), in("<div><p></div></p>"),
        in("<a value=1/>"), std::string("<Patient x=\"\xff\"/>")})
    EXPECT_FALSE(fhir::read_xml(text)) << text;
}

TEST(XmlReader, TakesBackWhatTheWriterWrites) {
  fhir::store s(small_hospital(5, 6));
  std::size_t seen = 0;
  s.visit([&](const fhir::resource_ptr& one) {
    const auto got = fhir::read_xml(fhir::write_xml(one->value()));
    EXPECT_TRUE(got) << one->text();
    if (!got) return false;
    EXPECT_EQ(*got, one->value()) << json::write(*got) << "\n" << one->text();
    ++seen;
    return !testing::Test::HasFailure();
  });
  EXPECT_GT(seen, 50U);
}

class XmlIntake : public fhir_fixture {
 protected:
  XmlIntake() : fhir_fixture(false) {}
};

TEST_F(XmlIntake, IsFiledAsJsonIs) {
  http::request r = request(
      "POST", "/AllergyIntolerance",
      fmt::format(
          R"(<AllergyIntolerance xmlns="http://hl7.org/fhir"><clinicalStatus><coding><code value="active"/></coding></clinicalStatus><code><text value="Bees"/></code><patient><reference value="Patient/{}"/></patient></AllergyIntolerance>)",
          key(0).patient));
  r.fields.set("Content-Type", "application/fhir+xml; charset=utf-8");
  const fhir::answer made = ask(r);
  ASSERT_EQ(made.response.status, 201U) << made.response.body;
  EXPECT_EQ(get_json("/" + made.filed.at(0).resource).string_at("code.text"), "Bees");
  r.body = "<AllergyIntolerance";
  EXPECT_EQ(epic_code(ask(r)), "59105");
}

}  // namespace
}  // namespace epicenter::mock::test
