// gzip, as text and over the wire.
#include <epicenter/http/content_coding.hpp>
#include <epicenter/runtime/random.hpp>

#include "lib/epicenter/http/tests/rig.hpp"

namespace epicenter::http {
namespace {

headers accepting(std::string value) {
  headers made;
  made.add("accept-encoding", std::move(value));
  return made;
}

TEST(gzip, is_sent_to_those_who_want_it) {
  for (const char* yes : {"gzip", "x-gzip", "GZIP", "*", "deflate, gzip;q=0.5", "br;q=1.0 , gzip ; q=0.8",
                          "gzip;q=1.000", "identity;q=0.5, gzip", "*;q=0, gzip"})
    EXPECT_TRUE(accepts_gzip(accepting(yes))) << yes;
  for (const char* no : {"", "identity", "gzip;q=0", "gzip;q=0.000", "*;q=0", "*, gzip;q=0", "deflate, br",
                         "gzip;q=x", "gzip;q=2", "gzip;q=", "gzip;q=0.1, identity;q=0.9", "zgzip"})
    EXPECT_FALSE(accepts_gzip(accepting(no))) << no;
  EXPECT_FALSE(accepts_gzip({}));
  headers two = accepting("br");
  two.add("Accept-Encoding", "gzip");
  EXPECT_TRUE(accepts_gzip(two));
}

// Any bytes, any length: what was compressed reads back, and every damage is seen.
TEST(gzip, reads_back_what_it_wrote_and_sees_every_damage) {
  runtime::random_stream random(7);
  gzip_writer gzip;
  for (int round = 0; round != 200; ++round) {
    std::string text(random.below(5000), '\0');
    const std::uint64_t letters = 1 + random.below(256);
    for (char& c : text) c = static_cast<char>(random.below(letters));
    std::string small = gzip.write(text);
    EXPECT_EQ(gunzip(small, text.size()).value(), text) << "seed 7, round " << round;
    EXPECT_EQ(gunzip(small + gzip.write("more"), text.size() + 4).value(), text + "more");
    if (!text.empty()) {
      EXPECT_EQ(gunzip(small, text.size() - 1).error(), make_error_code(errc::too_large));
    }
    EXPECT_EQ(gunzip(small.substr(0, random.below(small.size())), 5000).error(),
              make_error_code(errc::malformed));
    // Beyond the header's ten bytes, some of which say nothing about the text.
    const std::size_t at = 10 + random.below(small.size() - 10);
    small[at] = static_cast<char>(small[at] ^ (1 << random.below(8)));
    const auto read = gunzip(small, 5000);
    EXPECT_TRUE(!read || *read == text) << "seed 7, round " << round;
  }
}

TEST(gzip, of_a_bomb_holds_little_more_than_the_limit) {
  gzip_writer gzip;
  const std::string bomb = gzip.write(std::string(50'000'000, '\0'));
  EXPECT_LT(bomb.size(), 400'000u);
  EXPECT_EQ(gunzip(bomb, 1'000'000).error(), make_error_code(errc::too_large));
}

response text_of(std::size_t size) {
  response made;
  made.fields.add("Content-Type", "application/fhir+json; charset=utf-8");
  made.body.assign(size, 'x');
  return made;
}

TEST(gzip, is_left_out_where_it_does_not_pay_or_would_lie) {
  gzip_writer gzip;
  request asked;
  asked.fields = accepting("gzip");
  response small = text_of(1023);
  encode_body(small, asked, gzip);
  EXPECT_FALSE(small.fields.contains("Content-Encoding") || small.fields.contains("Vary"));
  response image = text_of(5000);
  image.fields.set("Content-Type", "image/png");
  encode_body(image, asked, gzip);
  EXPECT_EQ(image.body.size(), 5000u);
  response tagged = text_of(5000);
  tagged.fields.add("ETag", "\"v1\"");
  encode_body(tagged, asked, gzip);
  EXPECT_EQ(tagged.body.size(), 5000u);
  response coded = text_of(5000);
  coded.fields.add("Content-Encoding", "br");
  encode_body(coded, asked, gzip);
  EXPECT_EQ(coded.fields.get("Content-Encoding"), "br");
  response part = text_of(5000);
  part.status = 206;
  encode_body(part, asked, gzip);
  EXPECT_EQ(part.body.size(), 5000u);
  response versioned = text_of(5000);
  versioned.fields.add("ETag", "W/\"1\"");
  versioned.fields.add("Vary", "Origin");
  encode_body(versioned, asked, gzip);
  EXPECT_EQ(versioned.fields.get("Content-Encoding"), "gzip");
  EXPECT_EQ(versioned.fields.get("Vary"), "Origin, Accept-Encoding");
  response plain = text_of(5000);
  encode_body(plain, request{}, gzip);
  EXPECT_EQ(plain.body.size(), 5000u);
  EXPECT_EQ(plain.fields.get("Vary"), "Accept-Encoding");
}

server_options with_gzip() {
  server_options so;
  so.gzip = true;
  so.request_limits.max_body_bytes = 100'000;
  return so;
}

EPICENTER_BOTH_WORLDS(gzip, goes_both_ways_over_the_wire) {
  rig r(rt, echo, with_gzip());
  gzip_writer gzip;
  const std::string text(20'000, 'y');
  request asked = post("/", gzip.write(text));
  asked.fields.add("Content-Encoding", "gzip");
  asked.fields.add("Accept-Encoding", "gzip");
  auto answer = co_await r.web.send(r.where, asked, rt.now() + 2s);
  EXPECT_TRUE(answer.has_value());
  if (answer) {
    EXPECT_FALSE(answer->fields.contains("Content-Encoding")) << "who asks for gzip is given its text";
    EXPECT_TRUE(answer->body == "POST / 1\n" + text);
  }
  std::vector<std::string> raw{
      "POST / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\nConnection: close\r\n"
      "Content-Length: 20000\r\n\r\n" +
      text};
  const std::string heard = co_await converse(rt, r.where.server, std::move(raw), 0ns);
  EXPECT_NE(heard.find("Content-Encoding: gzip\r\n"), std::string::npos) << "on the wire it was coded";
  EXPECT_LT(heard.size(), 1000u);
  asked.method = "HEAD";
  asked.body.clear();
  answer = co_await r.web.send(r.where, asked, rt.now() + 2s);
  EXPECT_TRUE(answer.has_value());
  co_await r.stop();
}

struct coded_case {
  std::string coding;
  std::string body;
  unsigned status;
};

EPICENTER_BOTH_WORLDS(gzip, that_cannot_be_read_is_refused) {
  int handled = 0;
  const handler count = [&handled](exchange& x) -> task<> {
    ++handled;
    co_await echo(x);
  };
  rig r(rt, count, with_gzip());
  gzip_writer gzip;
  const std::string bomb = gzip.write(std::string(10'000'000, 'z'));
  const std::vector<coded_case> all{{"gzip", bomb, 413},    {"gzip", "plain text", 400},
                                    {"br", "x", 415},       {"gzip, br", "x", 415},
                                    {"identity", "x", 200}, {"GZip", gzip.write("x"), 200}};
  for (const coded_case& one : all) {
    request asked = post("/", one.body);
    asked.fields.add("Content-Encoding", one.coding);
    auto answer = co_await r.web.send(r.where, std::move(asked), rt.now() + 2s);
    EXPECT_EQ(answer ? answer->status : 0u, one.status) << one.coding;
    EXPECT_EQ(answer && answer->fields.get("Accept-Encoding") == "gzip", one.status == 415);
  }
  EXPECT_EQ(handled, 2);
  co_await r.stop();
}

EPICENTER_BOTH_WORLDS(gzip, is_left_to_the_handlers_where_it_is_off) {
  rig r(rt, echo);
  request asked = post("/", std::string(2000, 'a'));
  asked.fields.add("Content-Encoding", "br");
  asked.fields.add("Accept-Encoding", "gzip");
  auto answer = co_await r.web.send(r.where, std::move(asked), rt.now() + 2s);
  EXPECT_TRUE(answer && answer->body == "POST / 1\n" + std::string(2000, 'a'));
  EXPECT_FALSE(answer && answer->fields.contains("Vary"));
  co_await r.stop();
}

}  // namespace
}  // namespace epicenter::http
