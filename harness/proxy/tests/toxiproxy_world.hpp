// Toxiproxy's API over a fleet without sockets, in virtual time.
#pragma once

#include <gtest/gtest.h>

#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

#include "harness/proxy/tests/fake_fleet.hpp"
#include "harness/proxy/toxiproxy/toxiproxy_api.hpp"

namespace epicenter::proxy::testing {

class toxiproxy_world {
 public:
  toxiproxy_world() : rt(runtime::virtual_options{}), fleet(rt), api(rt, fleet) {}
  ~toxiproxy_world() {
    runtime::spawn(rt, "stop", api.stop());
    rt.run();
  }
  toxiproxy_world(const toxiproxy_world&) = delete;
  toxiproxy_world& operator=(const toxiproxy_world&) = delete;

  http::response send(const http::request& r) {
    std::optional<http::response> got;
    runtime::spawn(rt, "call", answer_into(api, r, got));
    rt.run(rt.now());
    if (!got) throw std::runtime_error("no answer to " + r.method + " " + r.target);
    return *std::move(got);
  }
  http::response call(std::string method, std::string target, std::string body = {}) {
    http::request r;
    r.method = std::move(method);
    r.target = std::move(target);
    r.body = std::move(body);
    return send(r);
  }
  /// "201 {…}": what most tests compare.
  std::string told(std::string method, std::string target, std::string body = {}) {
    const auto r = call(std::move(method), std::move(target), std::move(body));
    return std::to_string(r.status) + (r.body.empty() ? "" : " " + r.body);
  }
  /// The text of the error, checked to have the form that errors have.
  std::string refused(unsigned status, std::string method, std::string target, std::string body = {}) {
    const auto r = call(std::move(method), std::move(target), std::move(body));
    EXPECT_EQ(r.status, status) << r.body;
    EXPECT_EQ(r.fields.get("Content-Type"), "text/plain; charset=utf-8");
    EXPECT_EQ(r.fields.get("X-Content-Type-Options"), "nosniff");
    const auto parsed = json::parse(r.body);
    if (!parsed) return "no JSON: " + r.body;
    const std::string text(parsed->string_at("error"));
    const json::object form{{"error", text}, {"status", json::value(std::uint64_t{status})}};
    EXPECT_EQ(r.body, json::write(form) + "\n");
    return text;
  }
  void pass_time(duration length) {
    runtime::spawn(rt, "time", sleep_once(rt, length));
    rt.run(rt.now() + length);
  }
  /// A proxy that listens at 127.0.0.1:18000 and relays to 127.0.0.1:18001.
  void add_proxy(const std::string& name = "web") {
    const auto r =
        call("POST", "/proxies",
             R"({"listen":"127.0.0.1:18000","upstream":"127.0.0.1:18001","name":")" + name + "\"}");
    if (r.status != 201) throw std::runtime_error(r.body);
  }

  runtime::virtual_runtime rt;
  fake_fleet fleet;
  toxiproxy::toxiproxy_api api;

 private:
  static runtime::task<> sleep_once(runtime::runtime& rt, duration length) {
    auto sleeping = runtime::sleep_for(rt, length);
    (void)co_await std::move(sleeping);
  }
  static runtime::task<> answer_into(toxiproxy::toxiproxy_api& api, http::request r,
                                     std::optional<http::response>& got) {
    auto answering = api.answer(r);
    auto answered = co_await std::move(answering);
    got = std::move(answered);
  }
};

}  // namespace epicenter::proxy::testing
