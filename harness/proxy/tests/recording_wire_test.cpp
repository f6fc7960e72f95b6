// What is written down of exchanges: outcomes, sizes and times, and nothing of a patient.
#include <fstream>
#include <sstream>

#include "harness/proxy/file_recorder.hpp"
#include "harness/proxy/tests/raw_rig.hpp"

namespace epicenter::proxy::testing {
namespace {

using world_ref = proxied_server&;

struct kept_records final : exchange_recorder {
  std::vector<exchange_record> all;
  void record(exchange_record r) override { all.push_back(std::move(r)); }
};

template <class Body>
void run_recorded(Body body) {
  runtime::virtual_runtime rt(options_with(1));
  kept_records records;
  proxied_server world(rt, {}, &records);
  spawn(rt, "test", body(rt, world, records));
  EXPECT_EQ(rt.run(), runtime::run_end::finished);
  EXPECT_EQ(world.proxy.connections(), 0U);
}

runtime::task<> outcomes_body(runtime::runtime& rt, world_ref w, kept_records& kept) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  const std::string asked = "GET /api/FHIR/R4/Patient/e5?secret=1 HTTP/1.1\r\nX-Request-Id: op.1.1\r\n\r\n";
  const std::string response = ok("the body");
  const instant start = rt.now();
  auto asking = exchange(both, asked, response);
  co_await std::move(asking);
  auto reading = expect_bytes(both.client, response);
  co_await std::move(reading);
  EXPECT_EQ(kept.all.size(), 1U);
  const auto& plain = kept.all.at(0);
  EXPECT_EQ(plain.route, "raw");
  EXPECT_EQ(plain.connection, 1U);
  EXPECT_EQ(plain.number, 1U);
  EXPECT_EQ(plain.request, "op.1.1");
  EXPECT_EQ(plain.method, "GET");
  EXPECT_EQ(plain.operation, "patient-context");
  EXPECT_EQ(plain.request_bytes, asked.size());
  EXPECT_EQ(plain.response_bytes, response.size());
  EXPECT_EQ(plain.request_took, duration::zero());
  EXPECT_EQ(plain.first_byte, 2 * hop);
  EXPECT_EQ(plain.took, 2 * hop);
  EXPECT_EQ(plain.status, 200U);
  EXPECT_EQ(plain.outcome, "answered");
  EXPECT_EQ(plain.fault, "");
  static_cast<void>(start);

  // A body in pieces both ways, and a head that a fault edits: sizes are those that arrived.
  auto editing = w.fault("h", "header", {{"field", "X-New"}, {"value", "1"}, {"direction", "request"}});
  co_await std::move(editing);
  const std::string request = post("/x", "0123456789");
  const std::string_view view = request;
  co_await both.client.put(view.substr(0, view.size() - 4));
  co_await pause(rt, 7ms);
  co_await both.client.put(view.substr(view.size() - 4));
  auto hearing = both.server.bytes(request.size() + std::string_view("X-New: 1\r\n").size());
  const auto heard = co_await std::move(hearing);
  EXPECT_TRUE(heard);
  co_await both.server.put(std::string_view(response).substr(0, 20));
  co_await pause(rt, 5ms);
  co_await both.server.put(std::string_view(response).substr(20));
  auto all = expect_bytes(both.client, response);
  co_await std::move(all);
  EXPECT_EQ(kept.all.size(), 2U);
  const auto& pieces = kept.all.at(1);
  EXPECT_EQ(pieces.number, 2U);
  EXPECT_EQ(pieces.request_bytes, request.size());
  EXPECT_EQ(pieces.response_bytes, response.size());
  EXPECT_EQ(pieces.request_took, 7ms);
  EXPECT_EQ(pieces.took, 7ms + 2 * hop + 5ms);
  EXPECT_EQ(pieces.outcome, "answered");
  auto ending = w.remove("h");
  co_await std::move(ending);

  auto erring = w.fault("e", "error", {{"status", 503}});
  co_await std::move(erring);
  const std::string bare = get("/x");
  co_await both.client.put(bare);
  const auto got = co_await both.client.response();
  EXPECT_TRUE(got);
  EXPECT_EQ(kept.all.size(), 3U);
  EXPECT_EQ(kept.all.at(2).outcome, "injected");
  EXPECT_EQ(kept.all.at(2).fault, "e");
  EXPECT_EQ(kept.all.at(2).status, 503U);
  EXPECT_EQ(kept.all.at(2).request_bytes, bare.size());
  co_await ends_with(w, "e", 1, 1);

  auto breaking = w.fault("m", "malformed_json");
  co_await std::move(breaking);
  auto broken = exchange(both, bare, ok("[1]"));
  co_await std::move(broken);
  const auto malformed = co_await both.client.response();
  EXPECT_TRUE(malformed);
  EXPECT_EQ(kept.all.at(3).outcome, "injected");
  EXPECT_EQ(kept.all.at(3).fault, "m");
  EXPECT_EQ(kept.all.at(3).status, 200U);
  co_await ends_with(w, "m", 1, 1);

  auto losing = w.fault("l", "lost_response");
  co_await std::move(losing);
  auto lost = exchange(both, bare, response);
  co_await std::move(lost);
  co_await pause(rt, 5 * hop);
  EXPECT_EQ(kept.all.size(), 5U);
  EXPECT_EQ(kept.all.at(4).outcome, "lost");
  EXPECT_EQ(kept.all.at(4).fault, "l");
  EXPECT_EQ(kept.all.at(4).status, 0U);
  both.client.stream().close();
  both.server.stream().close();
  auto removing = w.remove("l");
  co_await std::move(removing);

  auto fresh = co_await raw.open();
  co_await fresh.client.put(bare);
  auto arriving = expect_bytes(fresh.server, bare);
  co_await std::move(arriving);
  fresh.server.stream().reset();
  const auto end = co_await fresh.client.end();
  EXPECT_EQ(end, code(runtime::errc::reset));
  EXPECT_EQ(kept.all.size(), 6U);
  EXPECT_EQ(kept.all.at(5).outcome, "cut");
  EXPECT_EQ(kept.all.at(5).connection, 2U);
  EXPECT_EQ(kept.all.at(5).first_byte, duration::zero());

  auto upgrading = co_await raw.open();
  const std::string up = get("/ws", "Connection: Upgrade\r\nUpgrade: websocket\r\n");
  const std::string switched =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
  auto asking_up = exchange(upgrading, up, switched);
  co_await std::move(asking_up);
  auto there = expect_bytes(upgrading.client, switched);
  co_await std::move(there);
  EXPECT_EQ(kept.all.size(), 7U);
  EXPECT_EQ(kept.all.at(6).outcome, "upgraded");
  EXPECT_EQ(kept.all.at(6).status, 101U);
  const std::string frame = "\x81\x02hi";
  co_await upgrading.client.put(frame);
  auto across = expect_bytes(upgrading.server, frame);
  co_await std::move(across);
  EXPECT_EQ(w.proxy.in_flight(), 0U);
  upgrading.client.stream().close();
  upgrading.server.stream().close();
  raw.close();
  co_await w.stop();
}
TEST(recording_wire, each_outcome_with_its_sizes_and_times) {
  run_recorded(outcomes_body);
}

runtime::task<> private_body(runtime::runtime& rt, world_ref w, file_recorder& recorder) {
  raw_route raw(rt, w);
  auto both = co_await raw.open();
  const std::string secret = "Mueller";
  const std::string request = "POST /" + secret + "?name=" + secret + " HTTP/1.1\r\nHost: " + secret +
                              "\r\nX-Request-Id: " + secret + " x\r\nAuthorization: Bearer " + secret +
                              "\r\nContent-Length: 7\r\n\r\n" + secret;
  auto asking = exchange(both, request, ok(secret, "X-Name: " + secret + "\r\n"));
  co_await std::move(asking);
  const auto got = co_await both.client.response();
  EXPECT_TRUE(got);
  both.client.stream().close();
  both.server.stream().close();
  raw.close();
  co_await w.stop();
  recorder.stop();
}
TEST(recording_wire, a_file_has_a_line_for_each_exchange_and_nothing_of_a_patient) {
  const std::string path = ::testing::TempDir() + "/epicenter_recording_wire_" + std::to_string(::getpid());
  {
    auto recorder = file_recorder::open(path);
    ASSERT_TRUE(recorder);
    runtime::virtual_runtime rt(options_with(1));
    proxied_server world(rt, {}, recorder->get());
    spawn(rt, "recorder", (*recorder)->run(rt));
    spawn(rt, "test", private_body(rt, world, **recorder));
    EXPECT_EQ(rt.run(), runtime::run_end::finished);
    EXPECT_FALSE((*recorder)->failed());
  }
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  ::unlink(path.c_str());
  const std::string lines = text.str();
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 1) << lines;
  EXPECT_NE(lines.find(R"("method":"POST")"), std::string::npos) << lines;
  EXPECT_NE(lines.find(R"("outcome":"answered")"), std::string::npos);
  EXPECT_EQ(lines.find("Mueller"), std::string::npos) << lines;
}

}  // namespace
}  // namespace epicenter::proxy::testing
