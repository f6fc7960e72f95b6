// A proxy between a raw client and a recording server, in virtual time: what tests of the wire start from.
#pragma once

#include <gtest/gtest.h>

#include <epicenter/http/server.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

#include "harness/proxy/proxy.hpp"

namespace epicenter::proxy::testing {

/// Bytes that came at once.
struct piece {
  instant at;
  std::size_t bytes = 0;
  friend bool operator==(const piece&, const piece&) = default;
};

/// One end of a connection that sees bytes, ends and resets as they are.
class raw_client {
 public:
  explicit raw_client(runtime::stream_ptr s, runtime::runtime* rt = nullptr)
      : stream_(std::move(s)), runtime_(rt) {}

  runtime::stream& stream() { return *stream_; }

  runtime::task<result<>> send(std::string bytes) {
    auto writing = write_all(*stream_, boost::asio::buffer(bytes));
    co_return co_await std::move(writing);
  }

  /// The text lives until this is done.
  runtime::task<result<>> put(std::string_view text) {
    auto writing = write_all(*stream_, boost::asio::const_buffer(text.data(), text.size()));
    co_return co_await std::move(writing);
  }

  /// One whole response with a Content-Length.
  runtime::task<result<std::string>> response(bool has_body = true) {
    for (;;) {
      const auto end = buffer_.find("\r\n\r\n");
      if (end != std::string::npos) {
        const auto field = buffer_.find("Content-Length: ");
        const std::size_t body = has_body && field < end ? std::stoul(buffer_.substr(field + 16)) : 0;
        if (buffer_.size() >= end + 4 + body) {
          auto text = buffer_.substr(0, end + 4 + body);
          buffer_.erase(0, end + 4 + body);
          co_return text;
        }
      }
      auto more = read_more();
      const auto got = co_await std::move(more);
      if (!got) co_return fail(got.error());
    }
  }

  runtime::task<result<std::string>> bytes(std::size_t count) {
    while (buffer_.size() < count) {
      auto more = read_more();
      const auto got = co_await std::move(more);
      if (!got) co_return fail(got.error());
    }
    auto text = buffer_.substr(0, count);
    buffer_.erase(0, count);
    co_return text;
  }

  /// How the connection ends: end_of_stream, reset, … Bytes that come before stay in left_over().
  runtime::task<std::error_code> end() {
    for (;;) {
      auto more = read_more();
      const auto got = co_await std::move(more);
      if (!got) co_return got.error().code();
    }
  }
  const std::string& left_over() const { return buffer_; }
  /// What came in since this was asked last, as it came.
  std::vector<piece> pieces() { return std::exchange(pieces_, {}); }

 private:
  runtime::task<result<>> read_more() {
    char chunk[4096];
    auto reading = read_some(*stream_, boost::asio::buffer(chunk));
    const auto got = co_await std::move(reading);
    if (!got) co_return fail(got.error());
    buffer_.append(chunk, *got);
    if (runtime_ != nullptr) pieces_.push_back({runtime_->now(), *got});
    co_return result<>{};
  }

  runtime::stream_ptr stream_;
  runtime::runtime* runtime_;
  std::string buffer_;
  std::vector<piece> pieces_;
};

struct seen_request {
  std::string method, target, body;
  instant at;
};

inline constexpr duration hop = 1ms;

inline runtime::virtual_options options_with(std::uint64_t seed) {
  runtime::virtual_options o;
  o.seed = seed;
  o.link.latency = hop;
  return o;
}

/// Any runtime works; virtual_world brings one.
class proxied_server {
 public:
  explicit proxied_server(runtime::runtime& rt, proxy_options options = {},
                          exchange_recorder* recorder = nullptr)
      : proxied_server(rt, make_solo_crew(rt), options, recorder) {}
  proxied_server(runtime::runtime& rt, std::unique_ptr<crew> loops, proxy_options options,
                 exchange_recorder* recorder)
      : rt_(rt),
        proxy(std::move(loops), options, recorder),
        server(rt, {}, [this](http::exchange& x) { return answer(x); }) {
    const runtime::endpoint any{"127.0.0.1", 0, {}};
    upstream = server.listen(any).value();
    where = proxy.add({"epic", any, upstream}).value().listen;
  }

  runtime::task<raw_client> connected() {
    auto dialling = connect(rt_, where, rt_.now() + 5s);
    auto dialled = co_await std::move(dialling);
    if (!dialled) throw std::runtime_error("not connected: " + dialled.error().message());
    co_return raw_client(std::move(*dialled), &rt_);
  }
  runtime::task<std::error_code> connect_error() {
    auto dialling = connect(rt_, where, rt_.now() + 5s);
    auto dialled = co_await std::move(dialling);
    if (dialled) co_return std::error_code{};
    co_return dialled.error().code();
  }
  runtime::task<> stop() {
    auto stopping = proxy.stop();
    co_await std::move(stopping);
    auto closing = server.stop();
    co_await std::move(closing);
  }
  runtime::task<result<>> fault(std::string id, std::string type, json::object parameters = {},
                                faults::selection match = {}, duration lease = 60min) {
    faults::fault_spec spec;
    spec.id = std::move(id);
    spec.type = std::move(type);
    spec.parameters = std::move(parameters);
    spec.match = std::move(match);
    spec.lease = lease;
    auto applying = proxy.injector().apply(std::move(spec));
    co_return co_await std::move(applying);
  }
  runtime::task<faults::fault_status> counters(std::string id) {
    auto asking = proxy.injector().status();
    const auto all = co_await std::move(asking);
    for (const auto& s : *all) {
      if (s.id == id) co_return s;
    }
    co_return faults::fault_status{};
  }
  runtime::task<faults::fault_status> remove(std::string id) {
    auto removing = proxy.injector().remove(std::move(id));
    const auto last = co_await std::move(removing);
    if (!last) ADD_FAILURE() << last.error().message();
    co_return last.value_or(faults::fault_status{});
  }

  runtime::runtime& rt_;
  fault_proxy proxy;
  http::server server;
  runtime::endpoint upstream, where;
  std::vector<seen_request> seen;

 private:
  runtime::task<> answer(http::exchange& x) {
    const auto& r = x.incoming();
    seen.push_back({r.method, r.target, r.body, x.received_at()});
    http::response ok;
    ok.body = "answer to " + r.target;
    auto responding = x.respond(std::move(ok));
    co_await std::move(responding);
  }
};

/// Runs one test body to its end in virtual time; the body stops what it started.
template <class Body>
void run_virtual(Body body, std::uint64_t seed = 1) {
  runtime::virtual_runtime rt(options_with(seed));
  proxied_server world(rt);
  spawn(rt, "test", body(rt, world));
  const auto end = rt.run();
  std::string alive;
  for (const auto& [name, count] : rt.live_tasks()) alive += name + " ";
  EXPECT_EQ(end, runtime::run_end::finished) << "alive: " << alive << " seed " << seed;
  EXPECT_EQ(world.proxy.connections(), 0U);
  EXPECT_EQ(world.proxy.in_flight(), 0U);
}

inline std::string get(std::string_view target, std::string_view fields = {}) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: epic\r\n" + std::string(fields) + "\r\n";
}
inline std::string post(std::string_view target, std::string_view body) {
  return "POST " + std::string(target) +
         " HTTP/1.1\r\nHost: epic\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

/// A response with a Content-Length.
inline std::string ok(std::string_view body, std::string_view fields = {}) {
  return "HTTP/1.1 200 OK\r\n" + std::string(fields) + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

inline std::error_code code(runtime::errc e) {
  return runtime::make_error_code(e);
}

}  // namespace epicenter::proxy::testing
