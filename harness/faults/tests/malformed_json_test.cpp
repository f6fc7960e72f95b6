#include <epicenter/http/gzip.hpp>
#include <epicenter/json/write.hpp>

#include "harness/faults/tests/whole.hpp"

namespace epicenter::faults {
namespace {

using testing::bodiless;
using testing::chunked;
using testing::made;
using testing::plain;
using testing::read_back;

std::string text_of(runtime::random_stream& random) {
  constexpr std::string_view letters = "ab{}[]:,\"\\ \n<;";
  std::string text;
  for (auto left = random.below(12); left > 0; --left) text.push_back(letters[random.below(letters.size())]);
  return text;
}

json::value document_of(runtime::random_stream& random, int depth) {
  const auto kind = random.below(depth > 0 ? 7 : 5);
  if (kind == 0) return json::value(text_of(random));
  if (kind == 1) return json::value(random.between(std::int64_t{-1000}, std::int64_t{1000}));
  if (kind == 2) return json::value(random.chance_ppm(500'000));
  if (kind == 3) return json::value(nullptr);
  if (kind == 4) return json::value("plain");
  if (kind == 5) {
    json::array list;
    for (auto left = random.below(4); left > 0; --left) list.push_back(document_of(random, depth - 1));
    return json::value(std::move(list));
  }
  json::object members;
  for (auto left = random.below(4); left > 0; --left)
    members.set(text_of(random), document_of(random, depth - 1));
  return json::value(std::move(members));
}

TEST(malformed_json, no_document_is_json_afterwards) {
  for (std::uint64_t seed = 1; seed <= 4000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    runtime::random_stream random(seed);
    const auto document = document_of(random, 4);
    const auto text = random.chance_ppm(300'000) ? json::write_pretty(document) : json::write(document);
    const auto whole = random.chance_ppm(500'000) ? plain(text) : chunked(text, 1 + random.below(40));
    for (const char* parameters : {R"({"where":"start"})", R"({"where":"middle"})", "{}"}) {
      const auto broken = whole.through(*made("malformed_json", parameters));
      ASSERT_TRUE(broken) << parameters << text;
      EXPECT_FALSE(json::parse(read_back(broken->bytes).body)) << parameters << text;
      EXPECT_EQ(broken->bytes.size(), whole.raw.size());
    }
    const auto offset = R"({"offset":)" + std::to_string(random.below(text.size() + 5)) + "}";
    const auto broken = whole.through(*made("malformed_json", offset));
    ASSERT_TRUE(broken) << offset << text;
    EXPECT_FALSE(json::parse(read_back(broken->bytes).body)) << offset << text;
  }
}

TEST(malformed_json, breaks_where_it_is_told_to) {
  const auto whole = plain(R"({"a":[1,2],"b:,":"x"})");
  const auto broken = [&](std::string_view parameters) {
    return read_back(whole.through(*made("malformed_json", parameters))->bytes).body;
  };
  EXPECT_EQ(broken(R"({"where":"start"})"), R"(<"a":[1,2],"b:,":"x"})");
  EXPECT_EQ(broken("{}"), R"({"a":[1,2],"b:,":"x"{)");
  EXPECT_EQ(broken(R"({"where":"middle"})"), R"({"a":[1,2];"b:,":"x"})");
  EXPECT_EQ(broken(R"({"offset":5})"), R"({"a":;1,2],"b:,":"x"})");
  EXPECT_EQ(broken(R"({"offset":12})"), R"({"a":[1,2],"b:,";"x"})") << "not inside of a string";
  EXPECT_EQ(broken(R"({"offset":1000})"), R"({"a":[1,2],"b:,":"x";)");
}

TEST(malformed_json, unpacks_gzip_and_says_so_in_the_headers) {
  http::gzip_writer writer;
  const std::string text = R"({"resourceType":"Patient"})";
  const http::headers fields{
      {"Content-Type", "application/fhir+json"}, {"Content-Encoding", "gzip"}, {"ETag", "W/\"3\""}};
  for (const auto& whole : {plain(writer.write(text), fields), chunked(writer.write(text), 9, fields)}) {
    const auto broken = read_back(whole.through(*made("malformed_json", "{}")).value().bytes);
    EXPECT_EQ(broken.body, R"({"resourceType":"Patient"{)");
    EXPECT_FALSE(broken.fields.contains("Content-Encoding"));
    EXPECT_FALSE(broken.fields.contains("Transfer-Encoding"));
    EXPECT_EQ(broken.fields.get("Content-Length"), std::to_string(text.size()));
    EXPECT_EQ(broken.fields.get("ETag"), "W/\"3\"");
  }
  EXPECT_FALSE(plain("no gzip", fields).through(*made("malformed_json", "{}")));
}

TEST(malformed_json, what_was_no_json_passes) {
  const auto fault = made("malformed_json", "{}");
  EXPECT_FALSE(plain("<html></html>", {{"Content-Type", "text/html"}}).through(*fault));
  EXPECT_FALSE(plain("12", {{"Content-Type", "text/plain"}}).through(*fault));
  EXPECT_FALSE(plain("{\"a\":").through(*fault)) << "it says so, and is none";
  EXPECT_FALSE(
      plain("{}", {{"Content-Type", "application/json"}, {"Content-Encoding", "br"}}).through(*fault));
  EXPECT_TRUE(plain("{}", {{"Content-Type", "application/json; charset=utf-8"}}).through(*fault));
  for (const auto& none : bodiless()) EXPECT_FALSE(none.through(*fault));
}

}  // namespace
}  // namespace epicenter::faults
