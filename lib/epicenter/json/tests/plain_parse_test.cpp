// The quick parser against Boost's grammar: where it gives a value at all, it is the same.
#include <gtest/gtest.h>

#include <epicenter/json/plain_parse.hpp>
#include <epicenter/json/write.hpp>

#include "lib/epicenter/json/tests/documents.hpp"

namespace epicenter::json::detail {
namespace {

using test::documents;
using test::draws;

std::uint64_t seed() {
  return static_cast<std::uint64_t>(testing::UnitTest::GetInstance()->random_seed());
}

std::string spoilt(std::string text, draws& draw) {
  static constexpr std::string_view pieces =
      "{}[],:\"\\/u0123456789eE+-.tfnrb \n\t\x01\x7f\x80\xc3\xa9\xed\xff";
  for (auto n = draw() % 3 + 1; n != 0; --n) {
    const std::size_t at = text.empty() ? 0 : draw() % text.size();
    const char piece = pieces[draw() % pieces.size()];
    switch (draw() % 4) {
      case 0:
        text.insert(at, 1, piece);
        break;
      case 1:
        if (!text.empty()) text[at] = piece;
        break;
      case 2:
        text.erase(at, draw() % 4);
        break;
      default:
        text.insert(at, text.substr(at / 2, draw() % 9));
    }
  }
  return text;
}

// True where the quick way took it.
bool agree_on(const std::string& text, std::size_t max_depth = 64) {
  const auto plain = parse_plainly(text, max_depth);
  if (!plain) return false;
  parse_limits limits;
  limits.max_depth = max_depth;
  const auto strict = parse_strictly(text, limits);
  EXPECT_TRUE(strict.has_value()) << text;
  if (strict) {
    EXPECT_TRUE(*strict == *plain) << text;
    EXPECT_EQ(write(*strict), write(*plain));
  }
  return true;
}

TEST(json_plain_parse, gives_what_the_grammar_gives_of_good_documents) {
  SCOPED_TRACE("seed " + std::to_string(seed()));
  documents source(seed());
  for (int i = 0; i != 300; ++i) {
    const value v = source.any(3);
    ASSERT_TRUE(agree_on(write(v))) << "the usual document goes the quick way";
    ASSERT_TRUE(agree_on(write_pretty(v)));
  }
}

TEST(json_plain_parse, takes_nothing_that_the_grammar_refuses) {
  SCOPED_TRACE("seed " + std::to_string(seed()));
  documents source(seed());
  draws draw(seed());
  int taken = 0;
  for (int i = 0; i != 20'000; ++i) taken += agree_on(spoilt(write(source.any(2)), draw)) ? 1 : 0;
  EXPECT_GT(taken, 1000) << "some are still good";
  EXPECT_LT(taken, 19'000) << "and some are not";
}

TEST(json_plain_parse, knows_every_escape_and_number_at_its_edge) {
  for (const char* text : {R"("\u0000\u007f\u0080\u07ff\u0800\uffff\ud800\udc00\udbff\udfff")",
                           R"({"\u0061\n":"\/"})", "[0,-0,0.0,1e0]", "1E+99", "1e-999", " [ ] ", "{ }",
                           "\"\x7f\"", "-1.5e+3", "[[],{}]", "true", "null"})
    EXPECT_TRUE(agree_on(text)) << text;
  for (const char* text : {R"("\ud800")",
                           R"("\ud800\u0041")",
                           R"("\udc00")",
                           R"("\u12g4")",
                           R"("\x")",
                           "01",
                           "1.",
                           ".5",
                           "+1",
                           "-",
                           "1e",
                           "1e+",
                           "[1,]",
                           "{\"a\":1,}",
                           "{\"a\":1,\"a\":1}",
                           "{a:1}",
                           "tru",
                           "truex",
                           "\"\x01\"",
                           "\"",
                           "",
                           " ",
                           "1 2",
                           "NaN",
                           "/**/1",
                           "\xef\xbb\xbf"
                           "1"}) {
    EXPECT_FALSE(parse_plainly(text, 64)) << text;
    EXPECT_FALSE(parse_strictly(text, {})) << text;
  }
}

TEST(json_plain_parse, keeps_the_bound_on_depth) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(agree_on(nested(5), 5));
  EXPECT_FALSE(parse_plainly(nested(6), 5));
  EXPECT_FALSE(parse_plainly(std::string(1'000'000, '['), 1'000'000)) << "nor does the stack run over";
}

}  // namespace
}  // namespace epicenter::json::detail
