// The adapter behind an egress proxy.
#include "lib/epicenter/epic/tests/world.hpp"
#include "lib/epicenter/http/tests/proxy_world.hpp"

namespace epicenter::epic::test {
namespace {

runtime::endpoint server_of(const world& w) {
  return w.options.fhir_base.where.server;
}

TEST(Egress, EveryCallLeavesThroughTheProxy) {
  world w;
  http::scripted_proxy proxy(w.rt(), server_of(w));
  w.options.proxy = proxy.settings();
  const auto body = [&proxy](world& here) -> task<> {
    read_request reading = here.reading();
    const auto context = co_await here.epic().patient_context(std::move(reading));
    EXPECT_TRUE(context) << context.error().message();
    lab_order order = here.order();
    const auto placed = co_await here.epic().order_lab(std::move(order));
    EXPECT_TRUE(placed && placed->state == write_state::written);
    EXPECT_FALSE(proxy.heads.empty());
    for (const std::string& head : proxy.heads)
      EXPECT_TRUE(head.starts_with("CONNECT epic.test:80 HTTP/1.1\r\n")) << head;
    co_await proxy.stop();
  };
  w.run(body);
}

// Whatever the proxy says to a write, Epic has not seen it, and the caller is told so.
TEST(Egress, WhatTheProxyRefusesIsNotSent) {
  for (const char* status : {"407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway"}) {
    world w;
    http::scripted_proxy proxy(w.rt(), server_of(w));
    w.options.proxy = proxy.settings();
    const auto body = [&proxy, status](world& here) -> task<> {
      read_request reading = here.reading();
      const auto context = co_await here.epic().patient_context(std::move(reading));
      EXPECT_TRUE(context) << "a token is at hand then";
      // What is pooled has a tunnel already.
      co_await runtime::sleep_for(here.rt(), 20s);
      proxy.answer = {std::string("HTTP/1.1 ") + status + "\r\n\r\n"};
      proxy.hangs_up = true;
      lab_order order = here.order();
      const auto placed = co_await here.epic().order_lab(std::move(order));
      EXPECT_TRUE(placed && placed->state == write_state::not_sent) << status;
      EXPECT_EQ(here.epic_site.count("POST", "/fhir/"), 0U) << status;
      co_await proxy.stop();
    };
    w.run(body);
  }
}

// How often a dozen writes asked the proxy.
task<std::size_t> a_dozen_writes(world& w, http::scripted_proxy& proxy, std::string_view cause) {
  const std::size_t before = proxy.heads.size();
  for (int i = 0; i < 12; ++i) {
    lab_order order = w.order("op-" + std::to_string(i));
    const auto placed = co_await w.epic().order_lab(std::move(order));
    EXPECT_TRUE(placed && placed->state == write_state::not_sent);
    if (placed && placed->why && i == 0) {
      EXPECT_THAT(placed->why->message(), testing::HasSubstr(cause));
    }
  }
  co_return proxy.heads.size() - before;
}

struct proxy_says {
  const char* status;
  const char* cause;
  bool passing;
};

// A proxy that says no is a matter of this side's settings: asking it again only locks an account, and Epic's
// circuit has no part in it. One that cannot reach Epic may do so the next time.
TEST(Egress, AProxyThatSaysNoIsAskedOnceACallAndEpicIsNotBlamed) {
  for (const auto& one : {proxy_says{"407 Proxy Authentication Required", "credentials", false},
                          proxy_says{"403 Forbidden", "does not allow this server", false},
                          proxy_says{"502 Bad Gateway", "cannot reach the server", true}}) {
    world w;
    http::scripted_proxy proxy(w.rt(), server_of(w));
    w.options.proxy = proxy.settings();
    const auto body = [&](world& here) -> task<> {
      read_request reading = here.reading();
      EXPECT_TRUE(co_await here.epic().patient_context(std::move(reading)));
      co_await runtime::sleep_for(here.rt(), 20s);
      proxy.answer = {std::string("HTTP/1.1 ") + one.status + "\r\n\r\n"};
      proxy.hangs_up = true;
      const auto asked = co_await a_dozen_writes(here, proxy, one.cause);
      const auto circuit = here.circuit(resilience::endpoint_class::write);
      if (one.passing) {
        EXPECT_NE(circuit, resilience::breaker_state::closed);
      } else {
        EXPECT_EQ(asked, 12U) << one.status;
        EXPECT_EQ(circuit, resilience::breaker_state::closed) << one.status;
      }
      for (const auto& call : here.told<events::call_ended>()) {
        if (call.failure.empty() || one.passing) continue;
        EXPECT_EQ(call.failure, "egress_refused");
      }
      EXPECT_NE(here.epic().monitor().get_status(here.now()).health, provider_health::healthy)
          << "whoever looks must see that nothing goes through";
      co_await proxy.stop();
    };
    w.run(body);
  }
}

}  // namespace
}  // namespace epicenter::epic::test
