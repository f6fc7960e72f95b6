#include <map>

#include "mock-epic/tests/stub_fixture.hpp"

namespace epicenter::mock::stubs::test {
namespace {

struct pattern_case {
  std::string pattern;  // with ' for "
  std::string matching;
  std::string other;  // "-" for a missing value
};

const wall_time now{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5} + 9h + 30min};

pattern_ptr compiled(const std::string& text) {
  std::optional<stub_error> failure;
  const auto document = json::parse(quoted(text));
  EXPECT_TRUE(document) << text;
  pattern_ptr made = document ? read_pattern(*document, "", failure) : nullptr;
  EXPECT_TRUE(made && !failure) << text << (failure ? failure->detail : "");
  return made;
}

subject value_of(const std::string& text) {
  return text == "-" ? subject() : subject(text);
}

const std::vector<pattern_case> text_cases{
    {"{'equalTo':'a'}", "a", "A"},
    {"{'equalTo':'a'}", "a", "-"},
    {"{'equalTo':'aB','caseInsensitive':true}", "Ab", "b"},
    {"{'contains':'b'}", "abc", "ac"},
    {"{'doesNotContain':'b'}", "ac", "abc"},
    {"{'doesNotContain':'b'}", "-", "b"},
    {"{'matches':'a.c'}", "a\nc", "xabc"},
    {"{'doesNotMatch':'a.*'}", "ba", "ab"},
    {"{'doesNotMatch':'a.*'}", "-", "ab"},
    {"{'absent':true}", "-", "x"},
    {"{'binaryEqualTo':'AAEC'}", std::string("\0\1\2", 3), "x"},
    {"{'and':[{'contains':'a'},{'contains':'b'}]}", "ab", "a"},
    {"{'or':[{'equalTo':'a'},{'absent':true}]}", "-", "b"},
    {"{'not':{'contains':'a'}}", "b", "a"},
    {"{'not':{'equalTo':'a'}}", "-", "a"},
    {"{'hasExactly':[{'equalTo':'a'}]}", "a", "b"},
    {"{'includes':[{'equalTo':'a'}]}", "a", "-"},
};

const std::vector<pattern_case> date_cases{
    {"{'before':'2026-01-05T10:00:00Z'}", "2026-01-05T09:59:59Z", "2026-01-05T10:00:00Z"},
    {"{'before':'2026-01-05T10:00:00Z'}", "2026-01-05T11:59:59+02:00", "x"},
    {"{'after':'2026-01-05'}", "2026-01-05T00:00:01Z", "2026-01-05"},
    {"{'equalToDateTime':'2026-01-05T10:00:00Z'}", "Mon, 05 Jan 2026 10:00:00 GMT", "-"},
    {"{'after':'now -2 days'}", "2026-01-04", "2026-01-03"},
    {"{'before':'now'}", "2026-01-05T09:29:59.999Z", "2026-01-05T09:30:00Z"},
    {"{'equalToDateTime':'2026-01-05','actualFormat':'dd/MM/yyyy'}", "05/01/2026", "06/01/2026"},
    {"{'equalToDateTime':'2026-01-05','actualFormat':'unix'}", "1767571200", "1767571201"},
    {"{'equalToDateTime':'now','truncateExpected':'first day of month','truncateActual':'first day of "
     "month'}",
     "2026-01-20", "2026-02-01"},
    {"{'before':'now','expectedOffset':3,'expectedOffsetUnit':'days'}", "2026-01-08T09:00:00Z",
     "2026-01-08T10:00:00Z"},
};

const std::vector<pattern_case> json_cases{
    {"{'equalToJson':'{}'}", "{ }", "{\"a\":1}"},
    {"{'equalToJson':{'a':1,'b':[1,2]}}", "{\"b\":[1.0,2],\"a\":1.0}", "{\"b\":[2,1],\"a\":1}"},
    {"{'equalToJson':{'a':1}}", "{\"a\":1}", "not json"},
    {"{'equalToJson':{'a':[1,2]},'ignoreArrayOrder':true}", "{\"a\":[2,1]}", "{\"a\":[2,1,1]}"},
    {"{'equalToJson':{'a':[1,1,2]},'ignoreArrayOrder':true}", "{\"a\":[1,2,1]}", "{\"a\":[1,2,2]}"},
    {"{'equalToJson':{'a':[1]},'ignoreExtraElements':true}", "{\"a\":[1,2],\"b\":1}", "{\"a\":[2]}"},
    {"{'equalToJson':[2,1],'ignoreExtraElements':true,'ignoreArrayOrder':true}", "[1,3,2]", "[1,3]"},
    {"{'equalToJson':{'a':'${json-unit.ignore}'}}", "{\"a\":[null]}", "{}"},
    {"{'equalToJson':{'a':'${json-unit.any-string}'}}", "{\"a\":\"x\"}", "{\"a\":1}"},
    {"{'equalToJson':{'a':'${json-unit.any-number}'}}", "{\"a\":1e3}", "{\"a\":\"1\"}"},
    {"{'equalToJson':{'a':'${json-unit.any-boolean}'}}", "{\"a\":false}", "{\"a\":null}"},
    {"{'equalToJson':{'a':'${json-unit.regex}[A-Z]+'}}", "{\"a\":\"XY\"}", "{\"a\":\"Xy\"}"},
    {"{'equalToJson':['${json-unit.any-string}','x'],'ignoreArrayOrder':true}", "[\"x\",\"y\"]", "[\"y\",1]"},
};

const std::vector<pattern_case> json_path_cases{
    {"{'matchesJsonPath':'$.a'}", "{\"a\":\"\"}", "{\"a\":null}"},
    {"{'matchesJsonPath':'$.a'}", "{\"a\":0}", "{\"a\":[]}"},
    {"{'matchesJsonPath':'$.a'}", "{\"a\":false}", "{\"a\":{}}"},
    {"{'matchesJsonPath':'$.a'}", "{\"a\":1}", "-"},
    {"{'matchesJsonPath':'$.a[?(@.b == 1)]'}", "{\"a\":[{\"b\":1.0}]}", "{\"a\":[{\"b\":2}]}"},
    {"{'matchesJsonPath':'$[?(@.a =~ /X.*/i)]'}", "{\"a\":\"xyz\"}", "{\"a\":\"yx\"}"},
    {"{'matchesJsonPath':'$..id'}", "{\"x\":[{\"id\":1}]}", "{\"x\":[{\"ID\":1}]}"},
    {"{'matchesJsonPath':'$.l[?(@.a && @.b > 3 || !(@.c != \\'q\\'))]'}", "{\"l\":[{\"a\":1,\"b\":4}]}",
     "{\"l\":[{\"b\":4,\"c\":\"r\"}]}"},
    {"{'matchesJsonPath':'$.l[-1]'}", "{\"l\":[1]}", "{\"l\":[]}"},
    {"{'matchesJsonPath':{'expression':'$.a','equalTo':'12'}}", "{\"a\":12}", "{\"a\":13}"},
    {"{'matchesJsonPath':{'expression':'$.l[*].k','equalTo':'2'}}", "{\"l\":[{\"k\":1},{\"k\":2}]}",
     "{\"l\":[{\"k\":1}]}"},
    {"{'matchesJsonPath':{'expression':'$.a','absent':'(absent)'}}", "{}", "{\"a\":1}"},
    {"{'matchesJsonPath':{'expression':'$.a','equalToJson':{'b':1}}}", "{\"a\":{\"b\":1}}",
     "{\"a\":{\"b\":2}}"},
    {"{'matchesJsonPath':{'expression':'$.a.length()','equalTo':'2'}}", "{\"a\":[1,1]}", "{\"a\":[1]}"},
};

const std::vector<pattern_case> schema_cases{
    {"{'matchesJsonSchema':{'type':'object','required':['a']}}", "{\"a\":1}", "{}"},
    {"{'matchesJsonSchema':'{\\'type\\':\\'integer\\'}'}", "1.0", "1.5"},
    {"{'matchesJsonSchema':{'properties':{'a':{'type':['string','null'],'minLength':2}},'"
     "additionalProperties':false}}",
     "{\"a\":\"xy\"}", "{\"b\":1}"},
    {"{'matchesJsonSchema':{'items':{'type':'number','minimum':1},'uniqueItems':true,'maxItems':3}}", "[1,2]",
     "[1,1.0]"},
    {"{'matchesJsonSchema':{'oneOf':[{'const':1},{'enum':[1,2]}]}}", "2", "1"},
    {"{'matchesJsonSchema':{'if':{'required':['a']},'then':{'required':['b']}}}", "{\"b\":1,\"a\":1}",
     "{\"a\":1}"},
    {"{'matchesJsonSchema':{'definitions':{'n':{'type':'object','properties':{'next':{'$ref':'#/definitions/"
     "n'}}}},"
     "'$ref':'#/definitions/n'}}",
     "{\"next\":{\"next\":{}}}", "{\"next\":{\"next\":1}}"},
    {"{'matchesJsonSchema':{'type':'string','pattern':'^2','format':'date'}}", "\"2026-01-05\"",
     "\"2026-13-05\""},
    {"{'matchesJsonSchema':{'multipleOf':0.1,'exclusiveMaximum':2}}", "1.1", "2"},
    {"{'matchesJsonSchema':{'patternProperties':{'^x':{'type':'string'}},'propertyNames':{'maxLength':2}}}",
     "{\"x1\":\"\"}", "{\"x1\":1}"},
    {"{'matchesJsonSchema':{'not':{'type':'string'}}}", "1", "\"a\""},
    {"{'matchesJsonSchema':{'contains':{'const':3}}}", "[1,3]", "[1]"},
};

const std::vector<pattern_case> xml_cases{
    {"{'equalToXml':'<a><b/><c>x</c></a>'}", "<a>\n <c> x </c><b></b></a>", "<a><b/><c>y</c></a>"},
    {"{'equalToXml':'<a x=\\'1\\' y=\\'2\\'/>'}", "<a y=\"2\" x=\"1\"/>", "<a x=\"1\"/>"},
    {"{'equalToXml':'<p:a xmlns:p=\\'u\\'/>'}", "<a xmlns=\"u\"/>", "<a xmlns=\"v\"/>"},
    {"{'equalToXml':'<a><b>1</b><b>2</b></a>','ignoreOrderOfSameNode':true}", "<a><b>2</b><b>1</b></a>",
     "<a><b>2</b><b>2</b></a>"},
    {"{'equalToXml':'<a>${xmlunit.ignore}</a>','enablePlaceholders':true}", "<a>zz</a>", "<b>zz</b>"},
    {"{'equalToXml':'<a>x</a>','exemptedComparisons':['TEXT_VALUE']}", "<a>y</a>", "<a><b/></a>"},
    {"{'equalToXml':'<a/>'}", "<a/>", "not xml"},
    {"{'matchesXPath':'//b[@k=1]'}", "<a><b k='1'/></a>", "<a><b k='2'/></a>"},
    {"{'matchesXPath':'count(//b) = 2'}", "<a><b/><b/></a>", "<a><b/></a>"},
    {"{'matchesXPath':{'expression':'//b/text()','contains':'x'}}", "<a><b>1</b><b>2x</b></a>",
     "<a><b>1</b></a>"},
    {"{'matchesXPath':'//q:b','xPathNamespaces':{'q':'urn:x'}}", "<a xmlns:z='urn:x'><z:b/></a>",
     "<a xmlns:z='urn:y'><z:b/></a>"},
};

class every_operator : public testing::TestWithParam<pattern_case> {};

TEST_P(every_operator, tells_what_matches_from_what_does_not) {
  const auto& c = GetParam();
  const pattern_ptr made = compiled(c.pattern);
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->matches(value_of(c.matching), now)) << c.pattern << " " << c.matching;
  EXPECT_FALSE(made->matches(value_of(c.other), now)) << c.pattern << " " << c.other;
  EXPECT_GT(made->distance(value_of(c.other), now), 0) << c.pattern;
  EXPECT_LE(made->distance(value_of(c.other), now), 1) << c.pattern;
}

INSTANTIATE_TEST_SUITE_P(texts, every_operator, testing::ValuesIn(text_cases));
INSTANTIATE_TEST_SUITE_P(dates, every_operator, testing::ValuesIn(date_cases));
INSTANTIATE_TEST_SUITE_P(json, every_operator, testing::ValuesIn(json_cases));
INSTANTIATE_TEST_SUITE_P(json_path, every_operator, testing::ValuesIn(json_path_cases));
INSTANTIATE_TEST_SUITE_P(json_schema, every_operator, testing::ValuesIn(schema_cases));
INSTANTIATE_TEST_SUITE_P(xml, every_operator, testing::ValuesIn(xml_cases));

TEST(patterns, of_several_values_any_may_match) {
  const std::vector<std::string> values{"a", "b"};
  EXPECT_TRUE(compiled("{'equalTo':'b'}")->matches_any(values, now));
  EXPECT_FALSE(compiled("{'equalTo':'c'}")->matches_any(values, now));
  EXPECT_TRUE(compiled("{'hasExactly':[{'equalTo':'b'},{'equalTo':'a'}]}")->matches_any(values, now));
  EXPECT_FALSE(compiled("{'hasExactly':[{'equalTo':'a'}]}")->matches_any(values, now));
  EXPECT_TRUE(compiled("{'includes':[{'equalTo':'a'}]}")->matches_any(values, now));
  EXPECT_FALSE(compiled("{'includes':[{'equalTo':'a'},{'equalTo':'c'}]}")->matches_any(values, now));
  EXPECT_TRUE(compiled("{'absent':true}")->matches_any({}, now));
}

TEST(patterns, refuse_what_they_cannot_use_and_say_where) {
  const std::map<std::string, std::string> wrong{
      {"{'equalTo':'a','bogus':1}", "/bogus"},
      {"{'bogus':'a'}", ""},
      {"{}", ""},
      {"{'matches':'('}", "/matches"},
      {"{'matches':'(?=a)'}", "/matches"},
      {"{'binaryEqualTo':'!'}", "/binaryEqualTo"},
      {"{'before':'yesterday'}", "/before"},
      {"{'and':[{'equalTo':'a'},{'matches':'['}]}", "/and/1/matches"},
      {"{'not':{'nope':1}}", "/not"},
      {"{'equalToJson':'{'}", "/equalToJson"},
      {"{'equalToJson':{'a':'${json-unit.regex}('}}", "/equalToJson"},
      {"{'matchesJsonPath':'$.['}", "/matchesJsonPath"},
      {"{'matchesJsonPath':'$[?(@.a =~ /(/)]'}", "/matchesJsonPath"},
      {"{'matchesJsonPath':{'expression':'$.a','matches':'('}}", "/matchesJsonPath/matches"},
      {"{'matchesJsonSchema':{'type':'strung'}}", "/matchesJsonSchema"},
      {"{'matchesJsonSchema':{'$ref':'#/no'}}", "/matchesJsonSchema"},
      {"{'equalToXml':'<a>'}", "/equalToXml"},
      {"{'matchesXPath':'//['}", "/matchesXPath"},
  };
  for (const auto& [text, pointer] : wrong) {
    std::optional<stub_error> failure;
    EXPECT_EQ(read_pattern(json::parse(quoted(text)).value(), "", failure), nullptr) << text;
    ASSERT_TRUE(failure) << text;
    EXPECT_EQ(failure->pointer, pointer) << text;
    EXPECT_FALSE(failure->detail.empty());
  }
}

TEST(patterns, hostile_input_ends_in_time) {
  std::string deep(100'000, '[');
  EXPECT_FALSE(compiled("{'equalToJson':[]}")->matches(std::string_view(deep), now));
  std::string xml;
  for (int i = 0; i < 5'000; ++i) xml += "<a>";
  EXPECT_FALSE(compiled("{'matchesXPath':'//b'}")->matches(std::string_view(xml), now));
  const std::string a(20'000, 'a');
  EXPECT_FALSE(compiled("{'matches':'(a*)*b'}")->matches(std::string_view(a), now));
  std::string wide = "[";
  for (int i = 0; i < 20'000; ++i) wide += "[1],";
  wide += "2]";
  EXPECT_FALSE(compiled("{'matchesJsonPath':'$..*..*..*..x'}")->matches(std::string_view(wide), now));
  EXPECT_TRUE(compiled("{'equalToJson':[2],'ignoreArrayOrder':true,'ignoreExtraElements':true}")
                  ->matches(std::string_view(wide), now));
  const pattern_ptr loop = compiled(
      "{'matchesJsonSchema':{'definitions':{'a':{'$ref':'#/definitions/a'}},'$ref':'#/definitions/a'}}");
  EXPECT_FALSE(loop->matches(std::string_view("1"), now));
}

}  // namespace
}  // namespace epicenter::mock::stubs::test
