#include <gtest/gtest.h>

#include <epicenter/http/error.hpp>
#include <epicenter/http/message.hpp>
#include <epicenter/http/url.hpp>
#include <epicenter/runtime/random.hpp>

namespace epicenter::http {
namespace {

TEST(headers, names_have_no_case_and_set_replaces_all) {
  headers h{{"A", "1"}, {"b", "2"}, {"a", "3"}};
  EXPECT_EQ(h.get("a"), "1");
  h.set("a", "4");
  EXPECT_EQ(h.size(), 2U);
  EXPECT_EQ(h.get("A"), "4");
  h.erase("B");
  EXPECT_FALSE(h.contains("b"));
  EXPECT_EQ(h.get("b", "none"), "none");
  h.set("c", "5");
  EXPECT_EQ(h.get("C"), "5");
}

TEST(message, parts_of_the_target_and_the_media_type) {
  request r;
  r.target = "/a/b?c=d?e";
  EXPECT_EQ(r.path(), "/a/b");
  EXPECT_EQ(r.query(), "c=d?e");
  r.target = "/a";
  EXPECT_EQ(r.query(), "");
  response answer;
  answer.fields.add("content-type", " Application/FHIR+JSON ; charset=utf-8");
  EXPECT_EQ(answer.content_type(), "application/fhir+json");
}

TEST(url, reads_what_it_writes) {
  const char* const texts[] = {"http://h/", "https://h.example:8443/a%20b?c=d", "http://[::1]:81/x",
                               "https://h/?q"};
  for (const char* text : texts) {
    const auto u = parse_url(text);
    ASSERT_TRUE(u.has_value()) << text;
    EXPECT_EQ(u->to_string(), text);
  }
  const auto u = parse_url("HTTPS://Host.Example:443?x=1#fragment");
  ASSERT_TRUE(u.has_value());
  EXPECT_EQ(u->to_string(), "https://host.example/?x=1");
  EXPECT_EQ(u->where.server.port, 443);
  EXPECT_EQ(parse_url("http://[::1]/")->where.server.host, "::1");
}

TEST(url, refuses_what_is_no_http_url) {
  for (const char* text :
       {"", "/a", "h:80", "ftp://h/", "http:///a", "http://u:p@h/", "http://h:0/", "http://h:65536/",
        "http://h:x/", "http://a b/", "http://h/a b", "http://h%41/", "http://h/\r\nX: y"}) {
    const auto u = parse_url(text);
    EXPECT_FALSE(u.has_value()) << text;
    if (!u) {
      EXPECT_EQ(u.error().code(), make_error_code(errc::malformed));
    }
  }
}

TEST(url, percent_encoding_comes_back) {
  constexpr std::uint64_t seed = 7;
  runtime::random_stream random(seed);
  for (int i = 0; i != 300; ++i) {
    std::string text;
    for (std::uint64_t n = random.below(20); n != 0; --n) text += static_cast<char>(random.below(256));
    EXPECT_EQ(percent_decode(percent_encode(text)).value(), text) << "seed " << seed;
    const parameters all{{text, "a b&c=d"}, {"x", text}};
    const auto read = decode_form(encode_form(all));
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(*read, all) << "seed " << seed;
  }
  EXPECT_EQ(percent_decode("a+b", true).value(), "a b");
  EXPECT_EQ(percent_decode("a+b").value(), "a+b");
  for (const char* text : {"%", "%4", "a%zz", "%4g"}) EXPECT_FALSE(percent_decode(text).has_value()) << text;
  EXPECT_EQ(decode_form("a&b=&&=c").value(), (parameters{{"a", ""}, {"b", ""}, {"", "c"}}));
}

}  // namespace
}  // namespace epicenter::http
