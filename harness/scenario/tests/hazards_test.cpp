// One test a row of the format's table of what YAML readers lose or misread.
#include <epicenter/runtime/real/wall_clock.hpp>

#include "harness/scenario/tests/support.hpp"

namespace epicenter::scenario {
namespace {

using testing::all_text;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::messages;
using testing::small;
using ::testing::StartsWith;
using testing::with;

TEST(hazards, the_small_scenario_itself_is_sound) {
  EXPECT_THAT(messages(small), ElementsAre());
}

TEST(hazards, duplicate_key) {
  EXPECT_THAT(messages(with(small, "name: small", "name: small\nseed: 1\nseed: 2")),
              ElementsAre(StartsWith("4:1 the key 'seed' is here twice, first in line 3")));
}

TEST(hazards, merge_key) {
  EXPECT_THAT(messages(with(small, "name: small", "name: small\n<<: {seed: 1}")),
              ElementsAre(StartsWith("3:1 merge keys (<<) are not part of the format")));
}

TEST(hazards, block_scalar_or_tag_instead_of_a_bound) {
  for (const char* bound : {">9", "|9", ">", "|-"})
    EXPECT_THAT(messages(with(small, "name: small", std::string("name: small\nseed: ") + bound)),
                Contains(StartsWith("3:7 block scalars (| and >) are not part of the format")))
        << bound;
  EXPECT_THAT(messages(with(small, "name: small", "name: small\nseed: !9")),
              Contains(StartsWith("3:7 tags (!) are not part of the format")));
  EXPECT_THAT(messages(with(small, "name: small", "name: small\nseed: !!int 9")),
              ElementsAre(StartsWith("3:7 tags (!) are not part of the format")));
}

TEST(hazards, unclosed_quote_at_end_of_file) {
  EXPECT_THAT(messages(small + "title: \"open to the end\nowner: me\n"),
              ElementsAre(StartsWith("12:8 the quote opened here is not closed on its line")));
  EXPECT_THAT(messages(small + "title: 'one\n  two'\n"), Contains(StartsWith("12:8 the quote opened here")));
  EXPECT_THAT(messages(with(small, "{type: outage}", "{type: \"outage}")),
              ElementsAre(StartsWith("11:16 the quote")));
  EXPECT_THAT(messages(small + "title: 'it''s' # isn't it\nowner: \"a \\\" b\"\nrunbook: it's, isn't 'it\n"),
              ElementsAre());
}

TEST(hazards, second_document_and_text_after_its_end) {
  EXPECT_THAT(messages(small + "---\nversion: 1\n"), Contains(HasSubstr("a second document starts here")));
  EXPECT_THAT(messages(small + "...\nversion: 1\n"), Contains(HasSubstr("a second document starts here")));
  EXPECT_THAT(messages("---\n" + small), ElementsAre());
}

TEST(hazards, stray_text_after_a_list_root_document) {
  EXPECT_FALSE(messages("- a\nb: c\n").empty());
  EXPECT_FALSE(messages("[a]\nb\n").empty());
  EXPECT_FALSE(messages("- a\n]\n").empty());
  EXPECT_THAT(messages("- a\n"), ElementsAre("1:1 this must be the scenario"));
}

TEST(hazards, anchors_and_aliases) {
  EXPECT_THAT(messages(with(small, "name: small", "name: &n small\ntitle: *n")),
              ElementsAre(StartsWith("2:7 anchors (&)"), StartsWith("3:8 anchors (&)")));
  EXPECT_THAT(messages(with(small, "[{name: patient-context}]", "&x [1, *x]")),
              Contains(StartsWith("5:15 anchors")));
  EXPECT_THAT(messages(with(small, "name: small", "name: small\ntitle: *unknown")),
              Contains(HasSubstr("anchors (&)")));
  std::string laughs = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 40; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before + ", " + before + "]\n";
  }
  EXPECT_THAT(messages(laughs), Contains(HasSubstr("anchors (&)")));
}

TEST(hazards, too_many_keys_and_too_many_bytes) {
  const duration begin = runtime::boot_time();
  std::string many = small;
  for (int i = 0; i < 60'000; ++i) many += "k" + std::to_string(i) + ": 1\n";
  EXPECT_THAT(messages(many), Contains(HasSubstr("the file has more than 20000 values")));
  EXPECT_THAT(messages(small + std::string(1024 * 1024, '#')), ElementsAre(HasSubstr("larger than 1 MiB")));
  EXPECT_LT(runtime::boot_time() - begin, std::chrono::seconds(5));
}

TEST(hazards, scalars_that_are_not_what_they_look_like) {
  const auto seed = [](const std::string& value) {
    return messages(with(small, "name: small", "name: small\nseed: " + value));
  };
  EXPECT_THAT(seed("014"), ElementsAre(HasSubstr("leading zero")));
  for (const char* value : {"no", "\"no\"", ".nan", ".inf", "0x10", "1e3", "1_000", "+5", "1.0", "\"8\"",
                            "-1", "99999999999999999999"})
    EXPECT_THAT(seed(value), ElementsAre(StartsWith("3:7 "))) << value;
  EXPECT_THAT(messages(with(small, "{type: outage}", "{type: error, committed: yes}")),
              ElementsAre(HasSubstr("neither true nor false")));
  EXPECT_THAT(messages(with(small, "{type: outage}", "{type: outage, mode: no}")),
              ElementsAre(HasSubstr("'no' is not a mode")));
}

TEST(hazards, boolean_words_are_never_keys) {
  for (const char* key : {"on", "off", "yes", "no", "y", "n", "On", "NO", "\"no\""})
    EXPECT_THAT(messages(with(small, "name: small", std::string("name: small\n") + key + ": 1")),
                ElementsAre(HasSubstr("is never a key")))
        << key;
}

TEST(hazards, no_space_after_the_colon) {
  EXPECT_THAT(
      messages(with(small, "{type: outage}", "{type: outage, rate:1}")),
      ElementsAre(AllOf(StartsWith("11:24 unknown key 'rate:1'"), HasSubstr("put a space after the colon"))));
}

TEST(hazards, missing_value_is_reported_at_its_key) {
  EXPECT_THAT(messages(with(small, "  rate: 10/s\n", "  rate:\n\n\n")),
              Contains(StartsWith("4:3 there is no value")));
  EXPECT_THAT(messages(with(small, "during: 30s", "during: ~")),
              Contains(StartsWith("9:5 there is no value")));
  EXPECT_THAT(messages(small + "      -\n\n"), ElementsAre(StartsWith("12:7 there is no value")));
}

TEST(hazards, tabs) {
  EXPECT_THAT(messages(with(small, "  rate", "\trate")),
              ElementsAre(StartsWith("4:1 a tab; indent and align with spaces")));
}

TEST(hazards, bad_utf8) {
  for (const char* bytes : {"\xFF", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82"})
    EXPECT_THAT(messages(with(small, "it holds", std::string("it ") + bytes)),
                Contains(StartsWith("8:20 the byte here is not UTF-8")));
  EXPECT_THAT(messages("\xEF\xBB\xBF" + small), ElementsAre());
}

TEST(hazards, nul_and_other_control_characters) {
  EXPECT_THAT(messages(small + std::string("title: a\0b\n", 11)), ElementsAre(StartsWith("12:9 a NUL byte")));
  EXPECT_THAT(messages(small + "title: a\x04"
                               "b\n"),
              ElementsAre(StartsWith("12:9 a control character")));
  EXPECT_THAT(messages(small + "title: a\rb\n"), ElementsAre(StartsWith("12:9 a carriage return")));
}

TEST(hazards, deep_nesting) {
  for (const char* open : {"[", "{a: ", "- "}) {
    std::string deep;
    if (open[0] != '-') deep = "title: ";
    for (int i = 0; i < 500; ++i) deep += open;
    EXPECT_THAT(messages(deep), Contains(HasSubstr("nested deeper than 32 levels"))) << open;
  }
  std::string indented;
  for (std::size_t i = 0; i < 500; ++i) indented += std::string(i, ' ') + "a:\n";
  EXPECT_THAT(messages(indented), Contains(HasSubstr("nested deeper than 32 levels")));
}

TEST(hazards, columns_count_characters) {
  const std::string text =
      with(small, "{type: outage}", "{name: x, match: {client: \"\xC3\xA9\xE2\x82\xAC\"}, tpye: outage}");
  const std::vector<diagnostic> found = testing::troubles(text);
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0].at.column, 9);  // the mapping without type
  const std::string later = with(small, "it holds", "\"\xC3\xA9\xE2\x82\xAC\" # x");
  EXPECT_THAT(messages(later), ElementsAre());
  const auto list = messages(with(small, "[{name: patient-context}]", "[{name: \"\xC3\xA9\", weight: 0}]"));
  EXPECT_THAT(list, Contains(StartsWith("5:36 '0' is not a whole number")));
}

TEST(hazards, windows_line_ends_are_fine) {
  std::string text;
  for (const char c : small) text += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_THAT(messages(text), ElementsAre());
}

TEST(hazards, an_empty_file_is_no_scenario) {
  EXPECT_THAT(messages(""), ElementsAre(HasSubstr("the file is empty")));
  EXPECT_FALSE(messages("# only a comment\n").empty());
  EXPECT_FALSE(messages("---\n").empty());
}

}  // namespace
}  // namespace epicenter::scenario
