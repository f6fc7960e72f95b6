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

}  // namespace
}  // namespace epicenter::epic::test
