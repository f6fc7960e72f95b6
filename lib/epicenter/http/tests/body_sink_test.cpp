// Bodies that are not held whole, and coded bodies on the client's side.
#include <epicenter/http/body_sink.hpp>
#include <epicenter/http/gzip.hpp>
#include <epicenter/runtime/random.hpp>

#include "lib/epicenter/http/tests/rig.hpp"

namespace epicenter::http {
namespace {

struct keeping : body_sink {
  bool begin(const response& head) override {
    EXPECT_FALSE(begun) << "once";
    begun = true;
    coding = std::string(head.fields.get("Content-Encoding"));
    return wanted && head.status == 200;
  }
  task<result<>> take(std::string_view part) override {
    largest = std::max(largest, part.size());
    text.append(part);
    if (text.size() > refuse_beyond) co_return fail(errc::cancelled, "enough");
    if (pause != 0ns && rt != nullptr) co_await runtime::sleep_for(*rt, pause);
    co_return result<>();
  }
  bool wanted = true;
  bool begun = false;
  std::string coding;
  std::string text;
  std::size_t largest = 0;
  std::size_t refuse_beyond = 1'000'000'000;
  duration pause{};
  world* rt = nullptr;
};

request asking_for_gzip() {
  request r = get("/");
  r.fields.add("Accept-Encoding", "gzip");
  return r;
}

// Letters that gzip cannot make much of, the same again after a while: random ones for all of it take time.
std::string long_text(std::size_t size) {
  runtime::random_stream random(size);
  std::string text(std::min<std::size_t>(size, 70'000), '\0');
  for (char& c : text) c = static_cast<char>('a' + random.below(26));
  while (text.size() < size) text.append(text, 0, size - text.size());
  return text;
}

handler answering(unsigned status, std::string body) {
  return [status, body](exchange& x) -> task<> {
    response r;
    r.status = status;
    r.fields.add("Content-Type", "text/plain");
    r.body = body;
    const result<> sent = co_await x.respond(std::move(r));
    static_cast<void>(sent);
  };
}

// Whatever the handler sends is said to be gzip.
handler coded(std::string bytes, std::string coding = "gzip") {
  return [bytes, coding](exchange& x) -> task<> {
    response r;
    r.fields.add("Content-Encoding", coding);
    r.body = bytes;
    const result<> sent = co_await x.respond(std::move(r));
    static_cast<void>(sent);
  };
}

server_options with_gzip() {
  server_options so;
  so.gzip = true;
  return so;
}

EPICENTER_BOTH_WORLDS(body_sink, is_given_a_body_in_parts_and_the_connection_is_used_again) {
  rig r(rt, answering(200, long_text(3'000'000)));
  for (int i = 0; i != 2; ++i) {
    keeping sink;
    auto answer = co_await r.web.send(r.where, get("/"), rt.now() + 5s, sink, 3'000'000);
    EXPECT_TRUE(answer && answer->body.empty() && answer->status == 200);
    EXPECT_TRUE(sink.text == long_text(3'000'000));
    EXPECT_LE(sink.largest, 64u * 1024) << "no more than one read is held";
  }
  EXPECT_EQ(r.web.connections(), 1U);
  co_await r.stop();
}

EPICENTER_BOTH_WORLDS(body_sink, is_not_given_what_it_does_not_want) {
  rig r(rt, answering(404, long_text(100'000)), with_gzip());
  keeping sink;
  auto answer = co_await r.web.send(r.where, asking_for_gzip(), rt.now() + 2s, sink, 10);
  EXPECT_TRUE(answer && answer->body == long_text(100'000))
      << "collected, decoded, within the client's limit";
  EXPECT_TRUE(sink.text.empty());
  co_await r.stop();
  client_options small;
  small.response_limits.max_body_bytes = 99'999;
  rig bounded(rt, answering(404, long_text(100'000)), {}, small);
  keeping other;
  auto refused = co_await bounded.web.send(bounded.where, get("/"), rt.now() + 2s, other, 1'000'000);
  EXPECT_TRUE(!refused && refused.error().why == make_error_code(errc::too_large));
  co_await bounded.stop();
}

EPICENTER_BOTH_WORLDS(body_sink, has_a_bound_of_its_own_below_the_clients) {
  rig r(rt, answering(200, long_text(2'000'000)));
  keeping sink;
  auto refused = co_await r.web.send(r.where, get("/"), rt.now() + 5s, sink, 100'000);
  EXPECT_TRUE(!refused && refused.error().why == make_error_code(errc::too_large));
  EXPECT_LE(sink.text.size(), 100'000u);
  keeping whole;
  auto taken = co_await r.web.send(r.where, get("/"), rt.now() + 5s, whole, 2'000'000);
  EXPECT_TRUE(taken.has_value());
  EXPECT_EQ(whole.text.size(), 2'000'000u);
  co_await r.stop();
}

EPICENTER_BOTH_WORLDS(body_sink, is_given_the_text_of_gzip) {
  rig r(rt, answering(200, long_text(2'000'000)), with_gzip());
  keeping sink;
  auto answer = co_await r.web.send(r.where, asking_for_gzip(), rt.now() + 5s, sink, 2'000'000);
  EXPECT_TRUE(answer.has_value());
  EXPECT_TRUE(sink.text == long_text(2'000'000));
  EXPECT_TRUE(answer && answer->fields.contains("Vary")) << "it was coded on the wire";
  EXPECT_EQ(sink.coding, "") << "it need not know";
  EXPECT_FALSE(answer && answer->fields.contains("Content-Encoding"));
  auto whole = co_await r.web.send(r.where, asking_for_gzip(), rt.now() + 5s);
  EXPECT_TRUE(whole && whole->body == long_text(2'000'000));
  EXPECT_FALSE(whole && whole->fields.contains("Content-Encoding"));
  auto plain = co_await r.web.send(r.where, get("/"), rt.now() + 5s);
  EXPECT_EQ(plain ? plain->body.size() : 0, 2'000'000u);
  co_await r.stop();
}

EPICENTER_BOTH_WORLDS(body_sink, is_spared_a_bomb) {
  gzip_writer gzip;
  client_options small;
  small.response_limits.max_body_bytes = 1'000'000;
  rig r(rt, coded(gzip.write(std::string(10'000'000, '\0'))), {}, small);
  keeping sink;
  auto answer = co_await r.web.send(r.where, asking_for_gzip(), rt.now() + 5s, sink, 1'000'000);
  EXPECT_TRUE(!answer && answer.error().why == make_error_code(errc::too_large));
  EXPECT_LE(sink.text.size(), 1'000'000u);
  auto whole = co_await r.web.send(r.where, asking_for_gzip(), rt.now() + 5s);
  EXPECT_TRUE(!whole && whole.error().why == make_error_code(errc::too_large));
  EXPECT_TRUE(!whole && whole.error().any_byte_sent && whole.error().head->status == 200);
  auto unasked = co_await r.web.send(r.where, get("/"), rt.now() + 5s);
  EXPECT_TRUE(unasked && unasked->fields.contains("Content-Encoding")) << "left as it came";
  co_await r.stop();
}

EPICENTER_BOTH_WORLDS(body_sink, sees_that_gzip_is_cut_off_or_none) {
  gzip_writer gzip;
  const std::string small = gzip.write(long_text(50'000));
  for (const std::string& bad : {small.substr(0, small.size() - 9), std::string("plain text"), small + "x"}) {
    rig r(rt, coded(bad));
    keeping sink;
    auto answer = co_await r.web.send(r.where, asking_for_gzip(), rt.now() + 5s, sink, 1'000'000);
    EXPECT_TRUE(!answer && answer.error().why == make_error_code(errc::malformed));
    auto whole = co_await r.web.send(r.where, asking_for_gzip(), rt.now() + 5s);
    EXPECT_TRUE(!whole && whole.error().why == make_error_code(errc::malformed));
    co_await r.stop();
  }
}

EPICENTER_BOTH_WORLDS(body_sink, is_not_taken_for_whole_under_a_coding_that_nobody_asked_for) {
  rig r(rt, coded("some", "br"));
  auto whole = co_await r.web.send(r.where, asking_for_gzip(), rt.now() + 5s);
  EXPECT_TRUE(!whole && whole.error().why == make_error_code(errc::malformed));
  EXPECT_TRUE(!whole && whole.error().any_byte_sent);
  keeping sink;
  auto streamed = co_await r.web.send(r.where, asking_for_gzip(), rt.now() + 5s, sink, 1000);
  EXPECT_TRUE(!streamed && streamed.error().why == make_error_code(errc::malformed));
  co_await r.stop();
}

EPICENTER_BOTH_WORLDS(body_sink, ends_the_exchange_when_it_has_enough) {
  rig r(rt, answering(200, long_text(3'000'000)));
  keeping sink;
  sink.refuse_beyond = 100'000;
  auto answer = co_await r.web.send(r.where, get("/"), rt.now() + 5s, sink, 3'000'000);
  EXPECT_TRUE(!answer && answer.error().why.detail() == "enough");
  EXPECT_EQ(r.web.connections(), 0U) << "the rest of the body is not waited for";
  co_await r.stop();
}

EPICENTER_VIRTUAL(body_sink, may_take_its_time_until_the_deadline) {
  rig r(rt, answering(200, long_text(3'000'000)));
  keeping slow;
  slow.rt = &rt;
  slow.pause = 1s;
  auto answer = co_await r.web.send(r.where, get("/"), rt.now() + 10s, slow, 3'000'000);
  EXPECT_TRUE(!answer && answer.error().why == make_error_code(errc::timed_out));
  EXPECT_LT(slow.text.size(), 1'000'000u) << "and no more is read meanwhile";
  co_await r.stop();
}

}  // namespace
}  // namespace epicenter::http
