// A client and a server in one world, and the same test in virtual time and on loopback.
#pragma once

#include <gtest/gtest.h>

#include <epicenter/http/client.hpp>
#include <epicenter/http/server.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

namespace epicenter::http {

using runtime::task;
using world = runtime::runtime;
using body_function = task<> (*)(world&);

inline void in_virtual_time(body_function body) {
  runtime::virtual_runtime rt{runtime::virtual_options{}};
  runtime::spawn(rt, "test", body(rt));
  EXPECT_EQ(rt.run(instant{} + 1h), runtime::run_end::finished);
}

inline void on_loopback(body_function body) {
  runtime::real_runtime rt;
  runtime::spawn(rt, "test", body(rt));
  rt.run();
}

// NOLINTNEXTLINE: a test of both worlds is one coroutine
#define EPICENTER_BOTH_WORLDS(suite, name) \
  static task<> name(world&);              \
  TEST(suite, name##_in_virtual_time) {    \
    in_virtual_time(name);                 \
  }                                        \
  TEST(suite, name##_on_loopback) {        \
    on_loopback(name);                     \
  }                                        \
  static task<> name(world& rt)

#define EPICENTER_VIRTUAL(suite, name) \
  static task<> name(world&);          \
  TEST(suite, name) {                  \
    in_virtual_time(name);             \
  }                                    \
  static task<> name(world& rt)

inline runtime::endpoint any_port() {
  return {"127.0.0.1", 0, ""};
}

/// Waits until it is so, for five seconds at most: a loaded machine is slow, not wrong.
template <class Condition>
task<bool> eventually(world& rt, Condition holds) {
  const instant limit = rt.now() + 5s;
  while (!holds() && rt.now() < limit) (void)co_await runtime::sleep_for(rt, 2ms);
  co_return holds();
}

struct rig {
  rig(world& rt, handler h, server_options so = {}, client_options co = {})
      : site(rt, std::move(so), std::move(h)), web(rt, std::move(co)) {
    auto chosen = site.listen(any_port());
    EXPECT_TRUE(chosen.has_value());
    where.server = *chosen;
  }
  task<> stop() {
    co_await web.stop();
    co_await site.stop();
  }
  origin where;
  server site;
  client web;
};

inline request get(std::string target) {
  request r;
  r.target = std::move(target);
  return r;
}

inline request post(std::string target, std::string body) {
  request r;
  r.method = "POST";
  r.target = std::move(target);
  r.body = std::move(body);
  return r;
}

/// Answers 200 with "METHOD target connection-id" and the request's body in a second line.
inline task<> echo(exchange& x) {
  response r;
  r.fields.add("Content-Type", "text/plain");
  r.body = x.incoming().method + " " + x.incoming().target + " " + std::to_string(x.connection_id()) + "\n" +
           x.incoming().body;
  const result<> sent = co_await x.respond(std::move(r));
  EXPECT_TRUE(sent.has_value());
}

/// A handler that answers every request with these bytes.
inline handler raw(std::string bytes) {
  return [bytes](exchange& x) -> task<> {
    std::string copy = bytes;
    const result<> sent = co_await x.respond_raw(std::move(copy));
    static_cast<void>(sent);
  };
}

/// Writes the parts with a pause after each, then reads to the end of the stream.
inline task<std::string> converse(world& rt, runtime::endpoint to, std::vector<std::string> parts,
                                  duration pause) {
  const instant limit = rt.now() + 5s;
  auto s = co_await runtime::connect(rt, to, limit);
  std::string heard;
  if (!s) co_return heard;
  for (const std::string& part : parts) {
    const result<> sent = co_await runtime::write_all(**s, boost::asio::buffer(part));
    if (!sent) break;
    if (pause != 0ns) co_await runtime::sleep_for(rt, pause);
  }
  std::string buffer(4096, '\0');
  for (;;) {
    auto got = co_await runtime::read_some(**s, boost::asio::buffer(buffer));
    if (!got) break;
    heard.append(buffer, 0, *got);
  }
  co_return heard;
}

inline std::string status_line(const std::string& heard) {
  return heard.substr(0, heard.find("\r\n"));
}

}  // namespace epicenter::http
