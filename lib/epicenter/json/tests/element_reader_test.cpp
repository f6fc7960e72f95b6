#include <gtest/gtest.h>

#include <cstdlib>
#include <epicenter/json/element_reader.hpp>
#include <epicenter/json/write.hpp>

namespace epicenter::json {
namespace {

// splitmix64: the module stands below the one that has random streams.
struct draws {
  std::uint64_t state;
  std::uint64_t next() {
    std::uint64_t z = state += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EB;
    return z ^ (z >> 31U);
  }
  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : next() % bound; }
};

template <std::size_t N>
std::string one_of(draws& d, const char* const (&all)[N]) {
  return all[d.below(N)];
}

std::string space(draws& d) {
  return d.below(4) == 0 ? one_of(d, {" ", "\n", "\t", "\r\n  ", ""}) : std::string();
}

std::string any_value(draws& d, int depth) {
  static constexpr const char* scalars[] = {
      "1",       "-0.50",           "1e400",  "true",  "null",       R"("a")",   R"("\"]},[")",
      R"("\\")", R"("\u00e9\\\"")", R"("é")", R"("")", R"("entry")", R"("a:[{")"};
  const std::size_t kind = depth == 0 ? 2 : d.below(5);
  if (kind > 1) return one_of(d, scalars);
  std::string text(kind == 0 ? "[" : "{");
  const std::size_t count = d.below(4);
  for (std::size_t i = 0; i != count; ++i) {
    if (i != 0) text += ',';
    if (kind == 1) text += space(d) + '"' + std::string(i, 'k') + one_of(d, {"entry", "a", "]"}) + "\":";
    text += space(d) + any_value(d, depth - 1) + space(d);
  }
  return text + (kind == 0 ? "]" : "}");
}

std::string any_document(draws& d) {
  if (d.below(20) == 0) return space(d) + any_value(d, 3) + space(d);
  std::string text = space(d) + "{";
  const std::size_t count = d.below(4);
  const std::size_t entry = d.below(count + 1);
  for (std::size_t i = 0; i <= count; ++i) {
    if (i != 0) text += ',';
    text += space(d);
    if (i != entry) {
      text += "\"k" + std::to_string(i) + "\":" + any_value(d, 3);
      continue;
    }
    text += one_of(d, {"\"entry\"", "\"entry\"", "\"\\u0065ntry\"", "\"entr\""}) + space(d) + ':' + space(d);
    if (d.below(10) == 0) {
      text += any_value(d, 2);
      continue;
    }
    text += '[' + space(d);
    const std::size_t elements = d.below(6);
    for (std::size_t e = 0; e != elements; ++e)
      text += (e == 0 ? "" : ",") + space(d) + any_value(d, 3) + space(d);
    text += ']';
  }
  return text + space(d) + '}' + space(d);
}

void damage(draws& d, std::string& text) {
  static constexpr char bytes[] = "{}[],:\"\\ 1a\xff\xc3";
  if (text.empty()) return;
  const std::size_t at = d.below(text.size());
  switch (d.below(4)) {
    case 0:
      text.resize(at);
      break;
    case 1:
      text.erase(at, 1);
      break;
    case 2:
      text.insert(at, 1, bytes[d.below(sizeof bytes - 1)]);
      break;
    default:
      text[at] = bytes[d.below(sizeof bytes - 1)];
  }
}

/// The whole document, put together again from what the reader gave.
result<value> streamed(std::string_view text, draws& d, std::size_t longest_cut,
                       const element_limits& limits = {}) {
  element_reader reader("entry", limits);
  array elements;
  while (!text.empty()) {
    std::string_view part = text.substr(0, 1 + d.below(longest_cut));
    text.remove_prefix(part.size());
    while (!part.empty()) {
      const std::string copy(part);  // a read beyond the end is seen by the sanitizer
      auto used = reader.feed(copy);
      if (!used) return fail(std::move(used.error()));
      part.remove_prefix(*used);
      if (reader.has_element()) elements.push_back(reader.take_element());
    }
  }
  auto rest = reader.finish();
  if (!rest || reader.elements() == 0) return rest;
  value* const place = rest->if_object()->find("entry");
  EXPECT_TRUE(place != nullptr && place->if_array() != nullptr && place->if_array()->empty());
  if (place != nullptr) *place = std::move(elements);
  return rest;
}

std::size_t seeds() {
  const char* const asked = std::getenv("EPICENTER_SEEDS");
  return asked == nullptr ? 4 : std::strtoul(asked, nullptr, 10);
}

TEST(json_element_reader, gives_what_the_whole_parse_gives_however_the_bytes_are_cut) {
  std::size_t accepted = 0;
  std::size_t refused = 0;
  for (std::size_t seed = 1; seed <= seeds(); ++seed) {
    draws d{seed};
    for (int round = 0; round != 3000; ++round) {
      std::string text = any_document(d);
      if (d.below(2) == 0) damage(d, text);
      const auto whole = parse(text);
      for (const std::size_t cut : {std::size_t{1}, std::size_t{7}, std::size_t{4096}}) {
        const auto parts = streamed(text, d, cut);
        ASSERT_EQ(parts.has_value(), whole.has_value())
            << "seed " << seed << ", round " << round << ": " << text;
        const std::string wanted = whole ? write(*whole) : std::string();
        ASSERT_EQ(parts ? write(*parts) : std::string(), wanted) << "seed " << seed << ", round " << round;
      }
      ++(whole ? accepted : refused);
    }
  }
  EXPECT_GT(accepted, refused / 10) << "the documents must be of both kinds";
  EXPECT_GT(refused, accepted / 10);
}

TEST(json_element_reader, says_that_a_document_ends_early_wherever_it_is_cut) {
  const std::string text = R"({"a":[1,"x"],"entry":[{"b":"\"}"},{"c":[2]}],"z":0})";
  for (std::size_t length = 0; length != text.size(); ++length) {
    draws d{length};
    const auto got = streamed(std::string_view(text).substr(0, length), d, 9);
    ASSERT_FALSE(got.has_value()) << length;
    EXPECT_EQ(got.error(), make_error_code(errc::incomplete)) << length << ": " << got.error().message();
  }
}

TEST(json_element_reader, holds_one_element_and_the_rest_at_a_time) {
  element_reader reader("entry");
  const std::string element = "{\"id\":\"" + std::string(1000, 'x') + "\"}";
  std::size_t most = 0;
  const auto feed = [&](std::string_view bytes) {
    while (!bytes.empty()) {
      const auto used = reader.feed(bytes.substr(0, 100));
      ASSERT_TRUE(used.has_value());
      most = std::max(most, reader.held());
      bytes.remove_prefix(*used);
      if (reader.has_element()) (void)reader.take_element();
    }
  };
  feed("{\"entry\":[");
  for (int i = 0; i != 50'000; ++i) feed(i == 0 ? element : ',' + element);
  feed("]}");
  EXPECT_TRUE(reader.finish().has_value());
  EXPECT_EQ(reader.elements(), 50'000u);
  EXPECT_LT(most, element.size() + 100);
}

TEST(json_element_reader, keeps_its_bounds) {
  const auto code_of = [](std::string_view text, const element_limits& limits) {
    draws d{1};
    const auto got = streamed(text, d, 5, limits);
    return got ? std::error_code() : got.error().code();
  };
  EXPECT_EQ(code_of(R"({"entry":[{"a":"123456"}]})", {14, 100, 64}), std::error_code());
  EXPECT_EQ(code_of(R"({"entry":[{"a":"1234567"}]})", {14, 100, 64}), make_error_code(errc::too_large));
  EXPECT_EQ(code_of(R"({"entry":[1234567890123456)", {14, 100, 64}), make_error_code(errc::too_large));
  EXPECT_EQ(code_of(R"({"entry":[1,2,3,4,5,6,7]})", {14, 12, 64}), std::error_code());
  EXPECT_EQ(code_of(R"({"entry":[1], "a":0})", {14, 12, 64}), make_error_code(errc::too_large));
  EXPECT_EQ(code_of(R"({"entry":[[[1]]]})", {14, 99, 4}), std::error_code());
  EXPECT_EQ(code_of(R"({"entry":[[[[1]]]]})", {14, 99, 4}), make_error_code(errc::too_deep));
  EXPECT_EQ(code_of(R"({"a":[[[[1]]]]})", {14, 99, 4}), make_error_code(errc::too_deep));
}

TEST(json_element_reader, errors_say_which_element_and_nothing_of_it) {
  draws d{1};
  const auto got = streamed(R"({"entry":[1,{"name":"Lopez" x}]})", d, 99);
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error(), make_error_code(errc::syntax));
  EXPECT_EQ(got.error().detail(), "element 2, line 1, column 17");
  EXPECT_EQ(streamed("{\"entry\":[\"\xff\"]}", d, 99).error(), make_error_code(errc::bad_encoding));
  EXPECT_EQ(streamed(R"({"entry":[],"entry":[]})", d, 99).error(), make_error_code(errc::duplicate_key));
}

}  // namespace
}  // namespace epicenter::json
