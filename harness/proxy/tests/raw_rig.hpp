// An upstream that is played by the test: it sees the bytes that the proxy sends, and sends what it likes.
#pragma once

#include "harness/proxy/tests/wire.hpp"

namespace epicenter::proxy::testing {

/// The two ends of one connection through the proxy.
struct raw_ends {
  raw_client client, server;
};

/// A route of its own; connections of the world go there from its making.
class raw_route {
 public:
  raw_route(runtime::runtime& rt, proxied_server& w, std::string name = "raw")
      : runtime_(rt), listener_(rt.listen({"127.0.0.1", 0, {}}).value()) {
    route made{std::move(name), {"127.0.0.1", 0, {}}, listener_->local_endpoint()};
    where = w.where = w.proxy.add(std::move(made)).value().listen;
  }
  runtime::task<raw_client> accepted() {
    auto accepting = accept(*listener_);
    auto one = co_await std::move(accepting);
    if (!one) throw std::runtime_error("nothing accepted: " + one.error().message());
    co_return raw_client(std::move(*one), &runtime_);
  }
  runtime::task<raw_ends> open() {
    auto dialling = connect(runtime_, where, runtime_.now() + 5s);
    auto dialled = co_await std::move(dialling);
    if (!dialled) throw std::runtime_error("not connected: " + dialled.error().message());
    auto accepting = accepted();
    auto server = co_await std::move(accepting);
    raw_ends both{raw_client(std::move(*dialled), &runtime_), std::move(server)};
    both.client.pieces();
    co_return std::move(both);
  }
  void close() { listener_->close(); }

  runtime::endpoint where;

 private:
  runtime::runtime& runtime_;
  runtime::listener_ptr listener_;
};

/// The request as the upstream is to see it, and its answer; the client has not read it yet.
inline runtime::task<> exchange(raw_ends& by, std::string request, std::string response) {
  auto asking = by.client.put(request);
  co_await std::move(asking);
  auto hearing = by.server.bytes(request.size());
  const auto heard = co_await std::move(hearing);
  EXPECT_TRUE(heard && *heard == request) << request;
  EXPECT_EQ(by.server.left_over(), "");
  auto answering = by.server.put(response);
  co_await std::move(answering);
}

/// The connection carries an exchange with nothing but the network's delay.
inline runtime::task<> passes_through(runtime::runtime& rt, raw_ends& by) {
  const instant start = rt.now();
  const std::string response = ok("as ever");
  auto both = exchange(by, get("/as-ever"), response);
  co_await std::move(both);
  auto reading = by.client.bytes(response.size());
  const auto got = co_await std::move(reading);
  EXPECT_TRUE(got && *got == response);
  EXPECT_EQ(by.client.left_over(), "");
  EXPECT_EQ(rt.now() - start, 4 * hop);
}

inline runtime::task<> expect_bytes(raw_client& by, std::string wanted) {
  auto reading = by.bytes(wanted.size());
  const auto got = co_await std::move(reading);
  EXPECT_TRUE(got) << wanted.substr(0, 100);
  if (!got) co_return;
  EXPECT_TRUE(*got == wanted) << got->substr(0, 1000) << "\n---\n" << wanted.substr(0, 1000);
}

inline runtime::task<> pause(runtime::runtime& rt, duration d) {
  auto pausing = sleep_for(rt, d);
  (void)co_await std::move(pausing);
}

/// Removes the fault and looks at its last counters: nothing is held any more.
inline runtime::task<> ends_with(proxied_server& w, const char* id, std::uint64_t touched,
                                 std::uint64_t injected) {
  auto removing = w.remove(id);
  const auto last = co_await std::move(removing);
  EXPECT_EQ(last.touched, touched) << id;
  EXPECT_EQ(last.injected, injected) << id;
  EXPECT_EQ(last.skipped, touched - injected) << id;
  EXPECT_EQ(last.active, 0U) << id;
}

}  // namespace epicenter::proxy::testing
