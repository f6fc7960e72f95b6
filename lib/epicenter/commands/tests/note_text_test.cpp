#include <gtest/gtest.h>

#include <epicenter/commands/note_text.hpp>
#include <epicenter/json/utf8.hpp>

#include "lib/epicenter/commands/tests/draws.hpp"

namespace epicenter::commands {
namespace {

TEST(note_text, html_becomes_sentences) {
  EXPECT_EQ(
      words_of_html(
          "<html><head><title>x</title><style>p{}</style></head><body><div>Feels better."
          "<br/>No fever &amp; chills</div><p>Plan</p><ul><li>Rest</li><li>Fluids:</li></ul></body></html>"),
      "Feels better. No fever & chills. Plan. Rest. Fluids:");
  EXPECT_EQ(
      words_of_html(
          "<P CLASS='x'>BP&nbsp;120/80,\n  pulse &lt; 100</P><table><tr><td>K</td><td>4.1</td></tr></table>"),
      "BP 120/80, pulse < 100. K 4.1");
  EXPECT_EQ(words_of_html("98.6&deg;F &#176; &#xB0; caf\xC3\xA9"),
            "98.6\xC2\xB0"
            "F \xC2\xB0 \xC2\xB0 caf\xC3\xA9");
  EXPECT_EQ(words_of_html("BP < 120 and > 80, a<b"), "BP < 120 and > 80, a");
  EXPECT_EQ(words_of_html("one<!-- no --> two<script>if (a<b) {}</script> three"), "one two three");
  EXPECT_EQ(words_of_html("allergic to <s>latex</s> penicillin"),
            "allergic to struck out: latex end of struck out penicillin");
  EXPECT_EQ(words_of_html(""), "");
}

TEST(note_text, odd_bytes_are_sayable) {
  EXPECT_EQ(words_of_html("a\x80 b\x01 c&#0; d&#xD800; e&#99999999; f&bogus; &"),
            "a? b c&#0; d? e? f&bogus; &");
  EXPECT_EQ(words_of_html("x<!-- never closed"), "x");
  EXPECT_EQ(words_of_html("x<script>never closed"), "x");
  EXPECT_EQ(words_of_html("x<p never closed"), "x");
  EXPECT_EQ(words_of_plain("Line one\nLine two.\r\n\r\nThree"), "Line one. Line two. Three");
  const std::string vast(max_note_bytes + 1, 'x');
  EXPECT_TRUE(words_of_plain(vast).ends_with("The note goes on in the EHR."));
  EXPECT_TRUE(words_of_html(vast).ends_with("The note goes on in the EHR."));
}

TEST(note_text, a_part_ends_with_a_sentence_then_with_a_word_and_never_within_a_character) {
  EXPECT_EQ(next_part("One two. Three four.", 12).part, "One two.");
  EXPECT_EQ(next_part("One two. Three four.", 12).rest, "Three four.");
  EXPECT_EQ(next_part("K is 4.1 and more", 9).part, "K is 4.1") << "a point within a number ends nothing";
  EXPECT_EQ(next_part("Onetwothree four", 5).part, "Onetw");
  EXPECT_EQ(next_part("\xC3\xA9\xC3\xA9\xC3\xA9", 5).part, "\xC3\xA9\xC3\xA9");
  EXPECT_EQ(next_part("short", 400).rest, "");
}

// Whatever the bytes: the parts of the words are the words, each within its bound.
TEST(note_text, the_parts_are_the_whole) {
  const std::vector<std::string> pieces{"<p>", "</p>",     "<br>", "word",   " ",      ". ",  "&amp;",
                                        "&#",  "\xC3\xA9", "\x80", "<s>",    "<!--",   "-->", "\n",
                                        "<",   ">",        "4.1",  "<head>", "</head>"};
  for (std::uint64_t seed = 1; seed <= testing::seeds_or(3); ++seed) {
    testing::draws random(seed);
    for (int i = 0; i < 500; ++i) {
      std::string html;
      for (auto n = random.between(0, 60); n > 0; --n) html += random.one_of(pieces);
      const std::string words = words_of_html(html);
      const std::size_t most = random.between(4, 40);
      std::string read;
      for (std::string rest = words; !rest.empty();) {
        const auto next = next_part(rest, most);
        ASSERT_FALSE(next.part.empty()) << "seed " << seed;
        ASSERT_LE(next.part.size(), most) << "seed " << seed;
        read += next.part;
        rest = next.rest;
      }
      std::string whole = words;
      std::erase(read, ' ');
      std::erase(whole, ' ');
      ASSERT_EQ(read, whole) << "seed " << seed << ": " << html;
      for (std::size_t at = 0; at < words.size(); at += json::utf8_length(words, at))
        ASSERT_GT(json::utf8_length(words, at), 0U) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace epicenter::commands
