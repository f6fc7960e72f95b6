// What is read as a stream is what is read whole.
#include <gtest/gtest.h>

#include <cstdlib>
#include <epicenter/fhir/answer_reader.hpp>
#include <epicenter/json/write.hpp>
#include <epicenter/runtime/random.hpp>

namespace epicenter::fhir {
namespace {

using runtime::random_stream;

std::string any_resource(random_stream& random) {
  const std::string id = "e" + std::to_string(random.below(50));
  switch (random.below(7)) {
    case 0:
      return R"({"resourceType":"OperationOutcome","issue":[{"severity":"warning","code":"suppressed","details":)"
             R"({"coding":[{"system":"urn:oid:1.2.7.2.657369","code":"59204"}]}}]})";
    case 1:
      return R"({"resourceType":"OperationOutcome","issue":[{"severity":"fatal","code":"exception"}]})";
    case 2:
      return R"({"resourceType":"Provenance","id":")" + id + "\"}";
    case 3:
      return "null";
    default:
      return R"({"resourceType":"Observation","id":")" + id + R"(","note":[{"text":"\"}],[{\u00e9é"}],)" +
             R"("valueQuantity":{"value":120.50}})";
  }
}

std::string any_entry(random_stream& random) {
  static constexpr const char* searches[] = {"", R"(,"search":{"mode":"match"})",
                                             R"(,"search":{"mode":"include"})",
                                             R"(,"search":{"mode":"outcome"})", R"(,"search":7)"};
  if (random.below(30) == 0) return "17";
  std::string text = R"({"fullUrl":"urn:x")";
  if (random.below(10) != 0) text += R"(,"resource":)" + any_resource(random);
  return text + searches[random.below(5)] + "}";
}

std::string any_body(random_stream& random) {
  switch (random.below(12)) {
    case 0:
      return "  <html><body>Sign in</body></html>";
    case 1:
      return random.below(2) == 0 ? "" : " \"\" \n";
    case 2:
      return any_resource(random);
    case 3:
      return std::string(random.below(300), ' ') + "<Bundle xmlns=\"http://hl7.org/fhir\"/>";
    default:
      break;
  }
  const std::string links = random.below(2) == 0
                                ? std::string()
                                : R"("link":[{"relation":"next","url":"https://h/?sessionID=1"}],)";
  const bool first = random.below(2) == 0;
  std::string text = R"({"resourceType":"Bundle","total":5,)" + (first ? links : "") + R"("entry":[)";
  const std::uint64_t count = random.below(8);
  for (std::uint64_t i = 0; i != count; ++i) text += (i == 0 ? "" : ", ") + any_entry(random);
  text += "]," + (first ? "" : links) + R"("type":"searchset"})";
  if (random.below(4) == 0) text.resize(random.below(text.size()));
  if (random.below(8) == 0 && !text.empty())
    text[random.below(text.size())] = "{}[]\",x\xff"[random.below(8)];
  return text;
}

struct streamed_answer {
  std::vector<std::string> matches;
  std::vector<std::string> included;
  std::variant<bundle, resource, failure> end;
};

streamed_answer stream(std::string_view body, const std::string& type, random_stream& random) {
  answer_reader reader(200, type);
  streamed_answer got;
  while (!body.empty()) {
    const std::string part(body.substr(0, 1 + random.below(random.below(2) == 0 ? 3 : 200)));
    body.remove_prefix(part.size());
    for (std::size_t used = 0; used != part.size();) {
      used += reader.feed(std::string_view(part).substr(used));
      if (!reader.has_entry()) continue;
      const bundle_entry entry = reader.take_entry();
      (entry.role == entry_role::match ? got.matches : got.included).push_back(json::write(entry.resource));
    }
  }
  got.end = reader.finish();
  return got;
}

std::vector<std::string> texts(const std::vector<json::value>& all) {
  std::vector<std::string> made;
  for (const auto& one : all) made.push_back(json::write(one));
  return made;
}

void expect_same(const interpretation& whole, const streamed_answer& parts, const std::string& at) {
  if (const auto* page = std::get_if<bundle>(&whole)) {
    const auto* end = std::get_if<bundle>(&parts.end);
    ASSERT_NE(end, nullptr) << at;
    EXPECT_EQ(parts.matches, texts(page->matches)) << at;
    EXPECT_EQ(parts.included, texts(page->included)) << at;
    EXPECT_EQ(end->next, page->next) << at;
    EXPECT_EQ(end->total, page->total) << at;
    EXPECT_EQ(end->outcome, page->outcome) << at;
    EXPECT_EQ(end->missing, page->missing) << at;
    EXPECT_TRUE(end->matches.empty() && end->included.empty()) << at;
  } else if (const auto* one = std::get_if<resource>(&whole)) {
    const auto* end = std::get_if<resource>(&parts.end);
    ASSERT_NE(end, nullptr) << at;
    EXPECT_EQ(json::write(end->content), json::write(one->content)) << at;
  } else {
    const auto* bad = std::get_if<failure>(&whole);
    const auto* end = std::get_if<failure>(&parts.end);
    ASSERT_TRUE(bad != nullptr && end != nullptr) << at;
    EXPECT_EQ(end->why, bad->why) << at;
    EXPECT_EQ(end->outcome, bad->outcome) << at;
    // Of two faults in one body each way names the one it meets first.
    const auto broken = [](body_form f) {
      return f == body_form::malformed_json || f == body_form::truncated_json || f == body_form::invalid_utf8;
    };
    EXPECT_TRUE(end->form == bad->form || (broken(end->form) && broken(bad->form))) << at;
  }
}

TEST(fhir_answer_reader, says_what_is_said_of_the_whole_body_however_it_is_cut) {
  const char* const asked = std::getenv("EPICENTER_SEEDS");
  const std::uint64_t seeds = asked == nullptr ? 3 : std::strtoull(asked, nullptr, 10);
  std::size_t pages = 0;
  std::size_t others = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    random_stream random(seed);
    for (int round = 0; round != 2000; ++round) {
      http::response answer;
      answer.body = any_body(random);
      const std::string type = random.below(3) == 0 ? "text/html" : "application/fhir+json";
      answer.fields.add("Content-Type", type + "; charset=utf-8");
      const auto whole = interpret(answer);
      const auto parts = stream(answer.body, type, random);
      expect_same(whole, parts, "seed " + std::to_string(seed) + ", round " + std::to_string(round));
      if (testing::Test::HasFailure()) FAIL() << answer.body;
      ++(std::holds_alternative<bundle>(whole) ? pages : others);
    }
  }
  EXPECT_GT(pages, others / 4);
  EXPECT_GT(others, pages / 4);
}

TEST(fhir_answer_reader, of_fifty_megabytes_holds_one_entry) {
  const std::string entry = R"({"resource":{"resourceType":"Observation","id":"o1","note":")" +
                            std::string(5000, 'n') + R"("},"search":{"mode":"match"}})";
  answer_reader reader(200, "application/fhir+json");
  std::size_t most = 0;
  std::size_t entries = 0;
  const auto feed = [&](std::string_view text) {
    while (!text.empty()) {
      text.remove_prefix(reader.feed(text.substr(0, 1000)));
      most = std::max(most, reader.held());
      if (!reader.has_entry()) continue;
      (void)reader.take_entry();
      ++entries;
    }
  };
  feed(R"({"resourceType":"Bundle","entry":[)");
  while (reader.bytes() < 50'000'000) feed(entry + ',');
  feed(entry + "]}");
  EXPECT_TRUE(std::holds_alternative<bundle>(reader.finish()));
  EXPECT_GT(entries, 9'000u);
  EXPECT_LT(most, 2 * entry.size());
}

}  // namespace
}  // namespace epicenter::fhir
