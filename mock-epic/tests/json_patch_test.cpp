#include "mock-epic/fhir/json_patch.hpp"

#include <gtest/gtest.h>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>

namespace epicenter::mock::test {
namespace {

using why = fhir::patch_failure::why;

struct patched {
  std::optional<fhir::patch_failure> failure;
  json::value document;
};

patched patch_text(std::string_view document, std::string_view patch) {
  patched made{{}, json::parse(document).value()};
  made.failure = fhir::apply_json_patch(json::parse(patch).value(), made.document);
  return made;
}

// The examples of RFC 6902, appendix A, and of RFC 6901, section 5.
TEST(JsonPatch, DoesWhatTheExamplesOfTheRfcDo) {
  struct row {
    std::string_view before, patch, after;
  };
  for (
      const row& one : std::initializer_list<row>{
          {R"({"foo":"bar"})", R"([{"op":"add","path":"/baz","value":"qux"}])",
           R"({"foo":"bar","baz":"qux"})"},
          {R"({"foo":["bar","baz"]})", R"([{"op":"add","path":"/foo/1","value":"qux"}])",
           R"({"foo":["bar","qux","baz"]})"},
          {R"({"baz":"qux","foo":"bar"})", R"([{"op":"remove","path":"/baz"}])", R"({"foo":"bar"})"},
          {R"({"foo":["bar","qux","baz"]})", R"([{"op":"remove","path":"/foo/1"}])",
           R"({"foo":["bar","baz"]})"},
          {R"({"baz":"qux","foo":"bar"})", R"([{"op":"replace","path":"/baz","value":"boo"}])",
           R"({"baz":"boo","foo":"bar"})"},
          {R"({"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}})",
           R"([{"op":"move","from":"/foo/waldo","path":"/qux/thud"}])",
           R"({"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}})"},
          {R"({"foo":["all","grass","cows","eat"]})", R"([{"op":"move","from":"/foo/1","path":"/foo/3"}])",
           R"({"foo":["all","cows","eat","grass"]})"},
          {R"({"baz":"qux","foo":["a",2,"c"]})",
           R"([{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}])",
           R"({"baz":"qux","foo":["a",2,"c"]})"},
          {R"({"foo":"bar"})", R"([{"op":"add","path":"/child","value":{"grandchild":{}}}])",
           R"({"foo":"bar","child":{"grandchild":{}}})"},
          {R"({"foo":"bar"})", R"([{"op":"add","path":"/baz","value":"qux","xyz":123}])",
           R"({"foo":"bar","baz":"qux"})"},
          {R"({"/":9,"~1":10})", R"([{"op":"test","path":"/~01","value":10}])", R"({"/":9,"~1":10})"},
          {R"({"foo":["bar"]})", R"([{"op":"add","path":"/foo/-","value":["abc","def"]}])",
           R"({"foo":["bar",["abc","def"]]})"},
          {R"({"a":1})", R"([{"op":"replace","path":"","value":{"b":2}}])", R"({"b":2})"},
          {R"({"a":[1,2]})", R"([{"op":"copy","from":"/a","path":"/b"},{"op":"remove","path":"/b/0"}])",
           R"({"a":[1,2],"b":[2]})"},
          {R"({"":1,"a/b":2,"m~n":3})",
           R"([{"op":"test","path":"/","value":1},{"op":"test","path":"/a~1b","value":2},{"op":"test","path":"/m~0n","value":3}])",
           R"({"":1,"a/b":2,"m~n":3})"},
          {R"({"a":{"x":1,"y":2}})", R"([{"op":"test","path":"/a","value":{"y":2.0,"x":1}}])",
           R"({"a":{"x":1,"y":2}})"},
          {R"({"a":1})", R"([{"op":"add","path":"/a","value":2}])", R"({"a":2})"},
          {R"({"a":1})", R"([{"op":"move","from":"/a","path":"/a"}])", R"({"a":1})"},
          {R"({"a":null})", R"([{"op":"test","path":"/a","value":null}])", R"({"a":null})"}}) {
    const patched got = patch_text(one.before, one.patch);
    EXPECT_FALSE(got.failure) << one.patch << " " << got.failure->detail;
    EXPECT_EQ(json::write(got.document), one.after) << one.patch;
  }
}

TEST(JsonPatch, SaysWhyItCannotBeApplied) {
  struct row {
    std::string_view before, patch;
    why what;
  };
  for (const row& one : std::initializer_list<row>{
           {R"({"baz":"qux"})", R"([{"op":"test","path":"/baz","value":"bar"}])", why::test_failed},
           {R"({"/":9,"~1":10})", R"([{"op":"test","path":"/~01","value":"10"}])", why::test_failed},
           {R"({"foo":"bar"})", R"([{"op":"add","path":"/baz/bat","value":"qux"}])", why::not_applied},
           {R"({"foo":[1]})", R"([{"op":"add","path":"/foo/2","value":2}])", why::not_applied},
           {R"({"foo":[1]})", R"([{"op":"add","path":"/foo/01","value":2}])", why::not_applied},
           {R"({"foo":[1]})", R"([{"op":"remove","path":"/foo/-"}])", why::not_applied},
           {R"({"foo":[1]})", R"([{"op":"replace","path":"/foo/1","value":0}])", why::not_applied},
           {R"({"foo":1})", R"([{"op":"remove","path":"/bar"}])", why::not_applied},
           {R"({"foo":1})", R"([{"op":"test","path":"/bar","value":1}])", why::not_applied},
           {R"({"foo":1})", R"([{"op":"copy","from":"/bar","path":"/x"}])", why::not_applied},
           {R"({"foo":{"a":1}})", R"([{"op":"move","from":"/foo","path":"/foo/b"}])", why::malformed},
           {R"({})", R"({"op":"add"})", why::malformed},
           {R"({})", R"([1])", why::malformed},
           {R"({})", R"([{"op":"add","path":"x","value":1}])", why::malformed},
           {R"({})", R"([{"op":"add","path":"/x~2","value":1}])", why::malformed},
           {R"({})", R"([{"op":"add","path":"/x"}])", why::malformed},
           {R"({})", R"([{"op":"spam","path":"/x","value":1}])", why::malformed},
           {R"({})", R"([{"op":"move","path":"/x"}])", why::malformed},
           {R"({})", R"([{"op":"add","value":1}])", why::malformed}}) {
    const patched got = patch_text(one.before, one.patch);
    ASSERT_TRUE(got.failure) << one.patch;
    EXPECT_EQ(got.failure->what, one.what) << one.patch << " " << got.failure->detail;
  }
}

TEST(JsonPatch, IsBoundedWhateverItCopies) {
  std::string doubles = "[";
  for (int i = 0; i < 200; ++i)
    doubles +=
        std::string(i > 0 ? "," : "") + R"({"op":"copy","from":"","path":"/a)" + std::to_string(i) + "\"}";
  const patched got = patch_text(R"({"x":[1,2,3]})", doubles + "]");
  ASSERT_TRUE(got.failure);
  EXPECT_EQ(got.failure->what, why::not_applied);
  EXPECT_LT(got.failure->operation, 20U);
}

}  // namespace
}  // namespace epicenter::mock::test
