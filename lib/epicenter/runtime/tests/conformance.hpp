// One body of tests, run in both worlds: what holds on the kernel's sockets holds in virtual time.
#pragma once

#include <gtest/gtest.h>

#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>
#include <functional>
#include <memory>
#include <string>

namespace epicenter::runtime {

enum class world_kind { simulated, real };

class conformance : public testing::TestWithParam<world_kind> {
 protected:
  using body = task<> (*)(runtime&);
  void run(body test) {
    if (GetParam() == world_kind::simulated) {
      virtual_runtime rt{virtual_options{}};
      rt.set_unknown_hosts({"no-such-host.invalid"});
      spawn(rt, "test", test(rt));
      const run_end end = rt.run(instant(1h));
      EXPECT_EQ(end, run_end::finished);
      for (const auto& [name, count] : rt.live_tasks()) ADD_FAILURE() << count << " alive: " << name;
    } else {
      real_runtime rt{real_options{1, 2}};
      spawn(rt, "test", test(rt));
      rt.run();
    }
  }
};

/// Two ends of one connection.
struct connected_pair {
  listener_ptr listener;
  stream_ptr client;
  stream_ptr server;
};

inline task<connected_pair> connect_at(runtime& rt, endpoint where) {
  connected_pair pair;
  auto listening = rt.listen(std::move(where));
  if (!listening) throw std::runtime_error(listening.error().message());
  pair.listener = std::move(*listening);
  auto connecting = connect(rt, pair.listener->local_endpoint(), rt.now() + 5s);
  auto client = co_await std::move(connecting);
  if (!client) throw std::runtime_error(client.error().message());
  pair.client = std::move(*client);
  auto accepting = accept(*pair.listener);
  auto server = co_await std::move(accepting);
  if (!server) throw std::runtime_error(server.error().message());
  pair.server = std::move(*server);
  co_return std::move(pair);
}

inline endpoint any_loopback_port() {
  return {"127.0.0.1", 0, ""};
}
inline task<connected_pair> connect_pair(runtime& rt) {
  return connect_at(rt, any_loopback_port());
}

inline task<result<>> send(stream& to, std::string_view text) {
  return write_all(to, boost::asio::buffer(text.data(), text.size()));
}

/// Up to 4 kB as text, or the error.
inline task<result<std::string>> receive(stream& from) {
  std::string text(4096, '\0');
  auto reading = read_some(from, boost::asio::buffer(text));
  const auto got = co_await std::move(reading);
  if (!got) co_return fail(got.error());
  text.resize(*got);
  co_return text;
}

/// Everything up to the end of the stream.
inline task<result<std::string>> receive_all(stream& from) {
  std::string all;
  for (;;) {
    auto some = co_await receive(from);
    if (!some && some.error().code() == errc::end_of_stream) co_return all;
    if (!some) co_return fail(some.error());
    all += *some;
  }
}

template <class T>
std::error_code code_of(const result<T>& r) {
  return r ? std::error_code{} : r.error().code();
}

#define CONFORMANCE(name)                    \
  static task<> body_of_##name(runtime& rt); \
  TEST_P(conformance, name) {                \
    run(body_of_##name);                     \
  }                                          \
  static task<> body_of_##name([[maybe_unused]] runtime& rt)

}  // namespace epicenter::runtime
