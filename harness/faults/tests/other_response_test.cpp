// wrong_type and duplicate_response.
#include "harness/faults/tests/whole.hpp"

namespace epicenter::faults {
namespace {

using testing::bodiless;
using testing::chunked;
using testing::made;
using testing::plain;
using testing::read_back;
using testing::until_close;

TEST(wrong_type, the_status_stays_and_the_header_is_honest_unless_told) {
  auto whole = chunked(R"({"resourceType":"Patient"})", 7,
                       {{"Content-Type", "application/fhir+json"},
                        {"Content-Encoding", "gzip"},
                        {"X-Request-Id", "a.1.1"},
                        {"Trailer", "X-Trailer"}});
  whole.received.status = 201;
  whole.raw.replace(0, 12, "HTTP/1.1 201");
  const auto page = read_back(whole.through(*made("wrong_type", "{}")).value().bytes);
  EXPECT_EQ(page.status, 201U);
  EXPECT_EQ(page.content_type(), "text/html");
  EXPECT_TRUE(page.body.starts_with("<!DOCTYPE html>"));
  EXPECT_NE(page.body.find("password"), std::string::npos);
  EXPECT_EQ(page.fields.get("Content-Length"), std::to_string(page.body.size()));
  EXPECT_EQ(page.fields.get("X-Request-Id"), "a.1.1");
  for (const char* gone : {"Content-Encoding", "Transfer-Encoding", "Trailer"})
    EXPECT_FALSE(page.fields.contains(gone)) << gone;

  const auto lying =
      read_back(whole.through(*made("wrong_type", R"({"as":"xml","content_type":"kept"})")).value().bytes);
  EXPECT_EQ(lying.content_type(), "application/fhir+json");
  EXPECT_NE(lying.body.find("<OperationOutcome xmlns=\"http://hl7.org/fhir\">"), std::string::npos);
  const auto text = read_back(whole.through(*made("wrong_type", R"({"as":"text"})")).value().bytes);
  EXPECT_EQ(text.content_type(), "text/plain");
  for (const auto& other : {page, lying, text}) EXPECT_FALSE(json::parse(other.body));
}

TEST(wrong_type, carries_on_the_connection_as_it_was) {
  const auto fault = made("wrong_type", "{}");
  EXPECT_EQ(plain("{}").through(*fault)->after, delivery::then::go_on);
  EXPECT_EQ(until_close("{}").through(*fault)->after, delivery::then::close);
  auto last = plain("{}", {{"Connection", "Keep-Alive, Close"}});
  EXPECT_EQ(last.through(*fault)->after, delivery::then::close);
  for (const auto& none : bodiless()) EXPECT_FALSE(none.through(*fault));
  EXPECT_FALSE(plain("").through(*fault));
}

TEST(wrong_type, a_field_in_several_lines_goes_whole) {
  auto folded = plain("{}", {{"Content-Type", "application/json;\r\n charset=utf-8"}});
  const auto page = folded.through(*made("wrong_type", "{}")).value();
  EXPECT_EQ(page.bytes.find(" charset=utf-8\r\n "), std::string::npos);
  EXPECT_EQ(read_back(page.bytes).content_type(), "text/html");
  EXPECT_EQ(page.bytes.find("application/json"), std::string::npos);
}

TEST(duplicate_response, the_same_bytes_come_twice) {
  const auto fault = made("duplicate_response", "{}");
  for (const auto& whole : {plain(R"({"a":1})"), chunked("0123456789", 4), bodiless().at(1)}) {
    const auto twice = whole.through(*fault).value();
    EXPECT_EQ(twice.bytes, whole.raw + whole.raw);
    EXPECT_EQ(twice.after, delivery::then::go_on);
  }
}

TEST(duplicate_response, the_last_answer_of_a_connection_passes) {
  const auto fault = made("duplicate_response", "{}");
  EXPECT_FALSE(until_close("{}").through(*fault));
  EXPECT_FALSE(plain("{}", {{"Connection", "close"}}).through(*fault));
  auto asked_to = plain("{}");
  asked_to.to.fields.add("Connection", "close");
  EXPECT_FALSE(asked_to.through(*fault));
  auto old = plain("{}");
  old.raw.replace(0, 8, "HTTP/1.0");
  EXPECT_FALSE(old.through(*fault));
}

TEST(whole_response, bytes_that_do_not_agree_with_their_head_are_left_alone) {
  auto interim = plain("{}");
  interim.raw.insert(0, "HTTP/1.1 100 Continue\r\n\r\n");
  auto short_of_bytes = plain("{}");
  short_of_bytes.raw.pop_back();
  auto broken = chunked("0123456789", 4);
  broken.raw.replace(broken.raw.find("4\r\n"), 1, "z");
  auto cut = chunked("0123456789", 4);
  cut.raw.resize(cut.raw.size() - 25);
  for (const auto& strange : {interim, short_of_bytes, broken, cut}) {
    for (const char* type : {"wrong_type", "corrupt", "truncate", "duplicate_response"})
      EXPECT_FALSE(strange.through(*made(type, "{}"))) << type << strange.raw;
  }
}

}  // namespace
}  // namespace epicenter::faults
