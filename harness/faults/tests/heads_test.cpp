// redirect and header: what they make of heads, and what they refuse.
#include "harness/faults/tests/whole.hpp"

namespace epicenter::faults {
namespace {

using testing::made;
using testing::refusal;

struct asked {
  http::request head;
  runtime::random_stream random{9};
  call one() const { return {head, "", "127.0.0.1", {}}; }
};

TEST(redirect, answers_with_the_location) {
  asked a;
  const auto verdict = made("redirect", R"({"to":"https://other.example/FHIR?a=b","status":308})")
                           ->on_request(a.one(), a.random);
  const auto& moved = std::get<answer>(verdict);
  EXPECT_EQ(moved.response.status, 308U);
  EXPECT_EQ(moved.response.fields.get("Location"), "https://other.example/FHIR?a=b");
  EXPECT_FALSE(moved.committed);
  const auto found = std::get<answer>(made("redirect", R"({"to":"/login"})")->on_request(a.one(), a.random));
  EXPECT_EQ(found.response.status, 302U);
}

TEST(redirect, refuses_what_is_no_location) {
  for (const char* to :
       {"https://x/\\r\\nSet-Cookie: a=b", "/a b", "/\\u0000", "/\\u007f", "/b\\u00e9b\\u00e9"})
    EXPECT_NE(refusal("redirect", R"({"to":")" + std::string(to) + R"("})").find("control characters"),
              std::string::npos)
        << to;
  for (const char* to : {"login", "ftp://x/", "https://", "javascript:x"})
    EXPECT_NE(refusal("redirect", R"({"to":")" + std::string(to) + R"("})").find("absolute URL"),
              std::string::npos)
        << to;
  for (const char* status : {"300", "304", "306", "309"})
    EXPECT_NE(refusal("redirect", R"({"to":"/","status":)" + std::string(status) + "}"), "") << status;
  EXPECT_NE(refusal("redirect", "{}"), "");
}

TEST(header, sets_and_removes_on_the_leg_it_is_meant_for) {
  asked a;
  a.head.fields = {{"X-A", "1"}, {"x-a", "2"}, {"Accept", "*/*"}};
  const auto set = made("header", R"({"field":"X-A","value":"3","direction":"request"})");
  EXPECT_TRUE(set->acts_on().requests);
  EXPECT_FALSE(set->acts_on().responses);
  auto request = std::get<edit_request>(set->on_request(a.one(), a.random)).head;
  EXPECT_EQ(request.fields.size(), 2U) << "one in place of two";
  EXPECT_EQ(request.fields.get("X-A"), "3");
  EXPECT_EQ(request.fields.get("Accept"), "*/*");

  http::response answered;
  answered.status = 404;
  answered.fields = {{"ETag", "1"}, {"Content-Length", "5"}, {"etag", "2"}};
  const auto removed = made("header", R"({"field":"ETag"})");
  EXPECT_TRUE(removed->acts_on().responses);
  EXPECT_FALSE(removed->acts_on().requests);
  const auto response = std::get<edit_response>(removed->on_response(answered, a.random)).head;
  EXPECT_FALSE(response.fields.contains("ETag"));
  EXPECT_EQ(response.fields.get("Content-Length"), "5");
  EXPECT_EQ(response.status, 404U);
}

TEST(header, where_nothing_changes_nothing_was_done) {
  asked a;
  http::response answered;
  answered.fields = {{"ETag", "1"}};
  const auto nothing = [&](std::string_view parameters) {
    return std::holds_alternative<pass>(made("header", parameters)->on_response(answered, a.random));
  };
  EXPECT_TRUE(nothing(R"({"field":"Age"})"));
  EXPECT_TRUE(nothing(R"({"field":"etag","value":"1"})"));
  EXPECT_FALSE(nothing(R"({"field":"etag","value":"2"})"));
  answered.fields.add("ETag", "1");
  EXPECT_FALSE(nothing(R"({"field":"etag","value":"1"})")) << "one in place of two";
  EXPECT_TRUE(std::holds_alternative<pass>(
      made("header", R"({"field":"Age","direction":"request"})")->on_request(a.one(), a.random)));
}

TEST(header, refuses_what_would_break_the_message_or_begin_another) {
  for (const char* name : {"A B", "A:", "A\\r\\nB", "(x)", "\\u00e9"})
    EXPECT_NE(refusal("header", R"({"field":")" + std::string(name) + R"("})").find("field: letters"),
              std::string::npos)
        << name;
  for (const char* value : {"a\\r\\nB: c", "a\\nb", "a\\u0000", "\\u007f"})
    EXPECT_NE(refusal("header", R"({"field":"X","value":")" + std::string(value) + R"("})")
                  .find("control characters"),
              std::string::npos)
        << value;
  for (const char* name : {"Content-Length", "transfer-encoding", "Connection", "Upgrade", "Keep-Alive", "TE",
                           "Trailer", "Proxy-Connection"}) {
    for (const char* direction : {"request", "response"})
      EXPECT_NE(refusal("header", R"({"field":")" + std::string(name) + R"(","value":"1","direction":")" +
                                      direction + R"("})")
                    .find("belongs to the connection"),
                std::string::npos)
          << name;
  }
  EXPECT_EQ(refusal("header", R"({"field":"Host","value":"b.example","direction":"request"})"), "");
  EXPECT_NE(refusal("header", R"({"field":"Host","direction":"request"})"), "");
  EXPECT_NE(refusal("header", R"({"field":"host","value":"b.example"})"), "");
  EXPECT_EQ(refusal("header", R"({"field":"X","value":"a\tb"})"), "");
}

}  // namespace
}  // namespace epicenter::faults
