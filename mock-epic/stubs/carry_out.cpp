#include "mock-epic/stubs/carry_out.hpp"

#include <algorithm>

namespace epicenter::mock::stubs {
namespace {

constexpr std::string_view garbage = "lskdu018973t09sylgasjkfg1][]'./.sdlv";

runtime::task<bool> fault(http::exchange& ex, wire_fault what) {
  std::string bytes;
  switch (what) {
    case wire_fault::empty_response:
      // Without an answer the connection is closed: FIN, not a byte.
      co_return true;
    case wire_fault::connection_reset:
      ex.reset();
      co_return true;
    case wire_fault::random_data_then_close:
      break;
    case wire_fault::malformed_response_chunk:
      bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
      break;
  }
  bytes += garbage;
  const result<> sent = co_await ex.respond_raw(std::move(bytes));
  co_return sent.has_value();
}

runtime::task<bool> dribble(runtime::runtime& rt, http::exchange& ex, http::response r, dribble_delay how) {
  const std::string body = std::move(r.body);
  r.body.clear();
  r.fields.erase("Content-Length");
  const result<> begun = co_await ex.start_chunked(std::move(r));
  if (!begun) co_return false;
  const auto parts = std::min(static_cast<std::size_t>(how.chunks), body.size());
  const duration pause = how.total / how.chunks;
  for (std::size_t i = 0; i < parts; ++i) {
    const result<> slept = co_await runtime::sleep_for(rt, pause);
    if (!slept) co_return false;
    const std::size_t begin = body.size() * i / parts;
    std::string part = body.substr(begin, body.size() * (i + 1) / parts - begin);
    const result<> sent = co_await ex.send_chunk(std::move(part));
    if (!sent) co_return false;
  }
  const result<> ended = co_await ex.end_chunked();
  co_return ended.has_value();
}

/// A Content-Length of the stub's own that is not the body's: sent as it stands, on purpose.
bool lies_about_length(const http::response& r) {
  const std::string* length = r.fields.find("Content-Length");
  return length && !r.body.empty() && *length != std::to_string(r.body.size());
}

std::string raw(const http::response& r) {
  std::string out = "HTTP/1.1 " + std::to_string(r.status) + " ";
  out.append(r.reason.empty() ? http::reason_phrase(r.status) : std::string_view(r.reason)).append("\r\n");
  for (const auto& [name, value] : r.fields) out.append(name).append(": ").append(value).append("\r\n");
  return out.append("\r\n").append(r.body);
}

runtime::task<bool> respond(runtime::runtime& rt, http::exchange& ex, http::response r,
                            std::optional<dribble_delay> slowly) {
  // Framing is ours, whatever a recorded stub says of it.
  r.fields.erase("Transfer-Encoding");
  if (slowly && !r.body.empty() && ex.incoming().method != "HEAD") {
    const bool done = co_await dribble(rt, ex, std::move(r), *slowly);
    co_return done;
  }
  if (lies_about_length(r) && ex.incoming().method != "HEAD") {
    std::string bytes = raw(r);
    const result<> sent = co_await ex.respond_raw(std::move(bytes));
    co_return sent.has_value();
  }
  const result<> sent = co_await ex.respond(std::move(r));
  co_return sent.has_value();
}

http::response network_failure(std::string text) {
  http::response made;
  made.status = 500;
  made.fields.set("Content-Type", "text/plain;charset=utf-8");
  made.body = std::move(text);
  return made;
}

}  // namespace

runtime::task<carried_out> carry_out(runtime::runtime& rt, http::exchange& ex, stub_answer answer,
                                     outbound& out) {
  carried_out done;
  if (answer.delay > duration{}) {
    const result<> slept = co_await runtime::sleep_for(rt, answer.delay);
    if (!slept) co_return done;
  }
  if (answer.fault) {
    done.sent = co_await fault(ex, *answer.fault);
  } else {
    http::response r = std::move(answer.response);
    if (answer.proxy) {
      auto got = co_await out.send(std::move(*answer.proxy));
      done.from_upstream = got.has_value();
      r = got ? std::move(*got) : network_failure(std::move(got.error()));
      done.proxied = r;
    }
    done.sent = co_await respond(rt, ex, std::move(r), answer.dribble);
  }
  for (webhook_call& one : answer.webhooks) out.start(std::move(one));
  co_return done;
}

}  // namespace epicenter::mock::stubs
