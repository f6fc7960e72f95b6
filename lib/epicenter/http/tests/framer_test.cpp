#include <gtest/gtest.h>

#include <epicenter/http/framer.hpp>
#include <epicenter/runtime/random.hpp>

namespace epicenter::http {
namespace {

struct stream_case {
  framer::direction which;
  const char* bytes;
  std::vector<const char*> methods;  // answered, for responses
};

const std::vector<stream_case>& cases() {
  using enum framer::direction;
  static const std::vector<stream_case> all = {
      {requests,
       "GET /a?b=1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /p HTTP/1.1\r\nHost: x\r\nContent-Length: "
       "5\r\n\r\nhelloGET / HTTP/1.0\r\n\r\n",
       {}},
      {requests,
       "PUT /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;a=\"b\"\r\nhello\r\nA "
       "\r\n0123456789\r\n0\r\nTrailer: v\r\nOther: w\r\n\r\nDELETE /d HTTP/1.1\r\nHost: x\r\nConnection: "
       "close\r\n\r\n",
       {}},
      {responses,
       "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 "
       "Created\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 204 No\r\n\r\nHTTP/1.1 200 OK\r\n\r\nuntil the end",
       {"HEAD", "POST", "DELETE", "GET"}},
      {responses,
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n000\r\n\r\nHTTP/1.1 304 "
       "N\r\nContent-Length: 9\r\n\r\nHTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n",
       {"GET"}},
      {responses, "HTTP/1.1 200 Connection established\r\n\r\ntunnel bytes", {"CONNECT"}},
      {requests,
       "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       {}},
      {requests, "GET / HTTP/1.1\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nabcd", {}},
      {requests, "GET / HTTP/1.1\r\nContent-Length: 4, 4\r\n\r\nabcd", {}},
      {requests, "GET / HTTP/1.1\r\nHost : x\r\n\r\n", {}},
      {requests, "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", {}},
      {requests, "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n", {}},
      {requests, "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\n", {}},
      {requests, "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n8000000000000000\r\n", {}},
      {requests, "GET / HTTP/1.1\r\nContent-Length: 300\r\n\r\n", {}},
      {requests,
       "GET /0123456789012345678901234567890123456789012345678901234567890123456789 HTTP/1.1\r\nFoo: "
       "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890\r\n\r\n",
       {}},
      {requests, "\x16\x03\x01", {}},
      {responses, "HTTP/2 200\r\n\r\n", {}},
      {responses, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", {}},
      {responses, "HTTP/1.1 200 O", {}},
  };
  return all;
}

// Everything that a framer tells about the bytes, in one line a message.
std::string events(const stream_case& c, const std::vector<std::size_t>& cuts) {
  limits bounds;
  bounds.max_header_bytes = 160;
  bounds.max_body_bytes = 200;
  framer f(c.which, bounds);
  for (const char* m : c.methods) f.expect_response_to(m);
  std::string log;
  const std::string_view bytes = c.bytes;
  std::size_t total = 0;
  std::size_t from = 0;
  for (std::size_t i = 0; i <= cuts.size(); ++i) {
    const std::size_t to = i < cuts.size() ? cuts[i] : bytes.size();
    std::string_view piece = bytes.substr(from, to - from);
    from = to;
    while (!piece.empty()) {
      const auto used = f.feed(piece);
      if (!used) return log + used.error().message() + (f.head_done() ? " in the body" : " in the head");
      total += *used;
      piece.remove_prefix(*used);
      if (!f.done()) continue;
      log += c.which == framer::direction::requests ? f.request_head().method + f.request_head().target
                                                    : std::to_string(f.response_head().status);
      log += " ends at " + std::to_string(total) + (f.closes_connection() ? " closes" : "") + "\n";
      if (f.upgrades()) return log + "upgrade";
      f.next();
      EXPECT_TRUE(f.idle());
    }
  }
  const auto ended = f.end_of_stream();
  log += ended ? "end" : ended.error().message();
  return log + (f.done() ? " of a body " : " ") + std::to_string(total);
}

TEST(framer, finds_the_ends_of_messages) {
  EXPECT_EQ(events(cases()[0], {}),
            "GET/a?b=1 ends at 32\nPOST/p ends at 85\nGET/ ends at 103 closes\nend 103");
  EXPECT_EQ(events(cases()[1], {}), "PUT/c ends at 115\nDELETE/d ends at 165 closes\nend 165");
  EXPECT_EQ(events(cases()[2], {}),
            "200 ends at 38\n100 ends at 63\n201 ends at 108\n204 ends at 127\nend of a body 159");
  EXPECT_EQ(events(cases()[3], {}), "200 ends at 60\n304 ends at 97\n503 ends at 133\nend 133");
  EXPECT_EQ(events(cases()[4], {}), "200 ends at 39\nupgrade");
  const std::string malformed = "this is not valid HTTP";
  const std::string large = "the message is larger than allowed";
  for (const std::size_t i : {5U, 6U, 7U, 8U, 15U, 16U})
    EXPECT_TRUE(events(cases()[i], {}).starts_with(malformed)) << i << events(cases()[i], {});
  for (const std::size_t i : {9U, 10U, 11U, 12U})
    EXPECT_TRUE(events(cases()[i], {}).starts_with(malformed)) << i << events(cases()[i], {});
  EXPECT_EQ(events(cases()[13], {}), large + ": the body of the message in the body");
  EXPECT_EQ(events(cases()[14], {}), large + ": the head of the message in the head");
  EXPECT_TRUE(events(cases()[17], {}).starts_with("the message ended before"));
  EXPECT_TRUE(events(cases()[18], {}).starts_with("the message ended before"));
}

TEST(framer, splits_do_not_matter) {
  constexpr std::uint64_t seed = 20260105;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  runtime::random_stream random(seed);
  for (const stream_case& c : cases()) {
    const std::string whole = events(c, {});
    const std::size_t size = std::string_view(c.bytes).size();
    std::vector<std::size_t> each;
    for (std::size_t i = 1; i < size; ++i) {
      EXPECT_EQ(events(c, {i}), whole) << c.bytes << " cut at " << i;
      each.push_back(i);
    }
    EXPECT_EQ(events(c, each), whole) << c.bytes;
    for (int round = 0; round != 50; ++round) {
      std::vector<std::size_t> cuts;
      for (std::size_t i = 1; i < size; ++i)
        if (random.below(8) == 0) cuts.push_back(i);
      EXPECT_EQ(events(c, cuts), whole) << c.bytes;
    }
  }
}

TEST(framer, heads_are_readable_while_the_body_arrives) {
  framer f(framer::direction::requests, {});
  const std::string_view bytes = "POST /x HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nContent-Length: 3\r\n\r\nab";
  ASSERT_TRUE(f.feed(bytes).has_value());
  EXPECT_TRUE(f.head_done());
  EXPECT_FALSE(f.done());
  EXPECT_EQ(f.request_head().fields.get("x-a"), "1");
  EXPECT_EQ(f.request_head().body, "");
  EXPECT_EQ(f.feed("c").value(), 1U);
  EXPECT_TRUE(f.done());
}

}  // namespace
}  // namespace epicenter::http
