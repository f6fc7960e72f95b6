#include <gtest/gtest.h>

#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "lib/epicenter/json/tests/documents.hpp"

namespace epicenter::json {
namespace {

value must_parse(std::string_view text) {
  auto parsed = parse(text);
  EXPECT_TRUE(parsed.has_value()) << text << ": " << parsed.error().message();
  return parsed.value_or(value());
}

void expect_refused(std::string_view text, errc code, std::string_view detail,
                    const parse_limits& limits = {}) {
  const auto parsed = parse(text, limits);
  ASSERT_FALSE(parsed.has_value()) << text;
  EXPECT_EQ(parsed.error().code(), make_error_code(code)) << parsed.error().message();
  EXPECT_EQ(parsed.error().detail(), detail);
}

TEST(json, numbers_leave_as_they_came) {
  for (const char* text : {"120.50", "1.00", "1e400", "-0.0", "-0", "0", "18446744073709551616", "1E+2",
                           "0.10e-05", "123456789012345678901234567890.123456789012345678901234567890"})
    EXPECT_EQ(write(must_parse(text)), text);
  EXPECT_EQ(write(must_parse("[120.50,{\"a\":1.00}]")), "[120.50,{\"a\":1.00}]");
}

TEST(json, errors_name_the_place_and_never_the_content) {
  expect_refused("{\"name\":\n  \"Lopez\" x}", errc::syntax, "line 2, column 11");
  expect_refused("", errc::incomplete, "line 1, column 1");
  expect_refused("[1,2", errc::incomplete, "line 1, column 5");
  expect_refused("{\"a\":tru", errc::incomplete, "line 1, column 9");
  expect_refused("{} {}", errc::syntax, "line 1, column 4");
  expect_refused("[1,]", errc::syntax, "line 1, column 4");
  expect_refused("/* */1", errc::syntax, "line 1, column 1");
  expect_refused("[01]", errc::syntax, "line 1, column 3");
}

TEST(json, refuses_a_duplicate_key_in_small_and_large_objects) {
  expect_refused("{\"a\":1,\"b\":{\"c\":1,\"c\":2}}", errc::duplicate_key,
                 "the object that ends at line 1, column 24");
  std::string large = "{";
  for (int i = 0; i != 500; ++i) large += "\"k" + std::to_string(i) + "\":0,";
  EXPECT_TRUE(parse(large + "\"k500\":0}").has_value());
  EXPECT_EQ(parse(large + "\"k250\":0}").error().code(), make_error_code(errc::duplicate_key));
  EXPECT_TRUE(parse("[{\"a\":1},{\"a\":{\"a\":2}}]").has_value());
}

TEST(json, depth_and_size_are_bounded) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parse(nested(64)).has_value());
  EXPECT_EQ(parse(nested(65)).error().code(), make_error_code(errc::too_deep));
  EXPECT_EQ(parse(std::string(1'000'000, '[')).error().code(), make_error_code(errc::too_deep));
  const parse_limits small{.max_bytes = 4, .max_depth = 1};
  EXPECT_TRUE(parse("[12]", small).has_value());
  expect_refused("[123]", errc::too_large, "5 bytes, allowed are 4", small);
}

TEST(json, refuses_what_is_not_utf8) {
  for (const std::string bad :
       {"\x80", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xC3"})
    EXPECT_EQ(parse("\"" + bad + "\"").error().code(), make_error_code(errc::bad_encoding));
  EXPECT_EQ(parse("{\"\xff\":1}").error().code(), make_error_code(errc::bad_encoding));
  EXPECT_EQ(write(must_parse("\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"")),
            "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"");
}

TEST(json, strings_are_unescaped_and_escaped) {
  const value v = must_parse(R"("a\"b\\c\/d\b\f\n\r\t\u0001\u00e9\ud83d\ude00")");
  ASSERT_TRUE(v.if_string());
  EXPECT_EQ(*v.if_string(), "a\"b\\c/d\b\f\n\r\t\x01\xC3\xA9\xF0\x9F\x98\x80");
  EXPECT_EQ(write(v), "\"a\\\"b\\\\c/d\\b\\f\\n\\r\\t\\u0001\xC3\xA9\xF0\x9F\x98\x80\"");
  EXPECT_EQ(quote(std::string_view("\0x", 2)), "\"\\u0000x\"");
  EXPECT_FALSE(parse(R"("\ud83d")").has_value());
}

std::string utf8(unsigned c) {
  const auto byte = [](unsigned bits) { return static_cast<char>(bits); };
  if (c < 0x800) return {byte(0xC0U | c >> 6U), byte(0x80U | (c & 63U))};
  return {byte(0xE0U | c >> 12U), byte(0x80U | (c >> 6U & 63U)), byte(0x80U | (c & 63U))};
}

unsigned hex(std::string_view digits) {
  return static_cast<unsigned>(std::stoul(std::string(digits), nullptr, 16));
}

// An oracle that knows no JSON but strings: white space outside of them goes, \uXXXX inside becomes UTF-8
// (the captures were written by a tool that escapes all but ASCII).
std::string without_spaces(std::string_view text) {
  std::string out;
  bool inside = false;
  for (std::size_t i = 0; i != text.size(); ++i) {
    const char c = text[i];
    if (inside && c == '\\') {
      const unsigned code = text[i + 1] == 'u' ? hex(text.substr(i + 2, 4)) : 0;
      out += code >= 0x80 ? utf8(code) : std::string(text.substr(i, 2));
      i += code >= 0x80 ? 5 : 1;
      continue;
    }
    if (!inside && (c == ' ' || c == '\n' || c == '\r' || c == '\t')) continue;
    if (c == '"') inside = !inside;
    out += c;
  }
  return out;
}

TEST(json, every_capture_round_trips_to_the_byte) {
  const std::filesystem::path folder = EPICENTER_SOURCE_DIR "/../shared/data/epic-captures";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "no captures at " << folder;
  int seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    std::ostringstream text;
    text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    const std::string expected = without_spaces(text.str());
    EXPECT_TRUE(write(must_parse(text.str())) == expected) << entry.path().filename();
    EXPECT_TRUE(without_spaces(write_pretty(must_parse(text.str()))) == expected) << entry.path().filename();
    ++seen;
  }
  EXPECT_GT(seen, 0);
}

TEST(json, whatever_is_written_reads_back_the_same) {
  // 0 in a plain run, another one under --gtest_shuffle.
  const auto seed = static_cast<std::uint64_t>(testing::UnitTest::GetInstance()->random_seed());
  SCOPED_TRACE("seed " + std::to_string(seed));
  test::documents source(seed);
  for (int i = 0; i != 300; ++i) {
    const value v = source.any(3);
    const std::string line = write(v);
    ASSERT_EQ(must_parse(line), v) << line;
    ASSERT_EQ(write(must_parse(line)), line);
    ASSERT_EQ(must_parse(write_pretty(v)), v) << line;
  }
}

TEST(json, what_is_no_utf8_is_written_as_the_replacement_character) {
  const std::string r = "\xEF\xBF\xBD";
  EXPECT_EQ(quote("a\xff\xfe"
                  "b"),
            "\"a" + r + r + "b\"");
  EXPECT_EQ(quote("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"), "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"");
  EXPECT_EQ(quote("cut \xE2\x82"), "\"cut " + r + r + "\"");
  EXPECT_EQ(quote("\xED\xA0\x80"), "\"" + r + r + r + "\"");  // a surrogate
  EXPECT_EQ(quote("\xC0\x80"), "\"" + r + r + "\"");          // overlong
  // Every pair of bytes, behind the lead of a longer sequence or alone, reads back.
  for (const std::string_view lead : {"", "\xE0", "\xED", "\xF0\x90", "\xF4"})
    for (int high = 0; high < 256; ++high)
      for (int low = 0; low < 256; ++low) {
        std::string text(lead);
        text += static_cast<char>(high);
        text += static_cast<char>(low);
        const std::string written = quote(text);
        ASSERT_TRUE(parse(written).has_value()) << lead.size() << ' ' << high << ' ' << low;
      }
}

TEST(json, no_truncation_of_a_document_parses) {
  const std::string whole = R"({"a":[1.50,true,null,"x\u00e9\n"],"b":{"c":-2e5}})";
  for (std::size_t n = 0; n != whole.size(); ++n) EXPECT_FALSE(parse(whole.substr(0, n)).has_value()) << n;
  EXPECT_TRUE(parse(whole).has_value());
}

TEST(json, pretty_text_is_stable) {
  EXPECT_EQ(write_pretty(must_parse(R"({"a":[],"b":[1,{"c":{}}]})")),
            "{\n  \"a\": [],\n  \"b\": [\n    1,\n    {\n      \"c\": {}\n    }\n  ]\n}\n");
}

TEST(json, values_are_reached_by_path) {
  const value v =
      must_parse(R"({"code":{"coding":[{"code":"4101"}]},"n":3,"d":3.0,"big":9223372036854775808})");
  EXPECT_EQ(v.string_at("code.coding.0.code"), "4101");
  EXPECT_EQ(v.string_at("code.coding.1.code", "none"), "none");
  EXPECT_EQ(v.at_path("code.coding.x"), nullptr);
  EXPECT_EQ(v.string_at("n", "not a string"), "not a string");
  EXPECT_EQ(*v.find("n")->to_int64(), 3);
  EXPECT_FALSE(v.find("d")->to_int64().has_value());
  EXPECT_FALSE(v.find("big")->to_int64().has_value());
  EXPECT_FALSE(v.find("code")->to_double().has_value());
  EXPECT_DOUBLE_EQ(*v.find("d")->to_double(), 3.0);
}

TEST(json, objects_keep_their_order_and_compare_without_it) {
  object o{{"b", 1}, {"a", 2}};
  o.set("b", "x");
  o["c"] = true;
  EXPECT_EQ(write(o), R"({"b":"x","a":2,"c":true})");
  EXPECT_TRUE(o.erase("a"));
  EXPECT_FALSE(o.erase("a"));
  EXPECT_EQ(value(object{{"p", 1}, {"q", 2}}), value(object{{"q", 2}, {"p", 1}}));
  EXPECT_FALSE(value(object{{"p", 1}, {"q", 2}}) == value(object{{"p", 1}, {"r", 2}}));
  EXPECT_FALSE(must_parse("1.0") == must_parse("1.00"));
  EXPECT_EQ(write(array{1.5, -0.25, std::uint64_t{18446744073709551615U}, 1.0 / 0.0, nullptr}),
            "[1.5,-0.25,18446744073709551615,null,null]");
}

}  // namespace
}  // namespace epicenter::json
