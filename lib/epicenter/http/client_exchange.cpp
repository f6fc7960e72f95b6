#include <epicenter/http/client_exchange.hpp>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <epicenter/http/stream_io.hpp>
#include <utility>

namespace epicenter::http {
namespace {

constexpr std::size_t largest_buffer = 64 * 1024;
constexpr int max_interim = 16;

errc kind_of(const runtime::system_error_code& code, const client_connection& c) {
  switch (runtime::from_system(code)) {
    case runtime::errc::cancelled:
    case runtime::errc::closed:
      return c.expired ? errc::timed_out : errc::cancelled;
    case runtime::errc::end_of_stream:
      return c.reader.idle() ? errc::closed : errc::truncated;
    default:
      return c.expired ? errc::timed_out : errc::reset;
  }
}

error transport_error(const runtime::system_error_code& code, const client_connection& c) {
  const errc kind = kind_of(code, c);
  error why(make_error_code(kind));
  if (kind != errc::reset) return why;
  const runtime::errc cause = runtime::from_system(code);
  return std::move(why).caused_by(
      error(make_error_code(cause), cause == runtime::errc::io ? code.message() : std::string()));
}

exchange_outcome failed(client_connection& c, error why, bool any_byte_sent) {
  exchange_failure failure{std::move(why), any_byte_sent, std::nullopt};
  if (c.reader.head_done() && c.reader.response_head().status / 100 != 1)
    failure.head = std::move(c.reader.response_head());
  return {tl::unexpected(std::move(failure)), false};
}

bool is_interim(const response& r) {
  return r.status / 100 == 1 && r.status != 101;
}

// Feeds what was read; true once the final response is complete. `left_over`: bytes came after it, which
// nobody asked for.
result<bool> take(message_reader& reader, std::string_view bytes, std::string& body, int& interim,
                  bool& left_over) {
  while (!bytes.empty()) {
    auto used = reader.feed(bytes, &body);
    if (!used) return fail(std::move(used.error()));
    bytes.remove_prefix(*used);
    if (!reader.done()) continue;
    if (!is_interim(reader.response_head())) {
      left_over = !bytes.empty();
      return true;
    }
    if (++interim > max_interim) return fail(errc::malformed, "too many interim responses");
    reader.next();
  }
  return false;
}

// Bytes of the final response's body that have arrived and its head: begun once, then passed on.
struct body_way {
  explicit body_way(const body_plan& p) : plan(p) {}

  runtime::task<result<>> pass(client_connection& c, std::string& body) {
    if (!c.reader.head_done() || is_interim(c.reader.response_head())) co_return result<>();
    if (plan.sink != nullptr && !std::exchange(begun, true))
      streams = plan.sink->begin(c.reader.response_head());
    if (!streams) {
      if (body.size() > plan.max_collected) co_return fail(errc::too_large, "the body of the message");
      co_return result<>();
    }
    if (body.empty()) co_return result<>();
    given += body.size();
    if (given > plan.max_streamed) co_return fail(errc::too_large, "the body of the message");
    auto taken = co_await plan.sink->take(body);
    body.clear();
    co_return taken;
  }

  body_plan plan;
  std::size_t given = 0;
  bool begun = false;
  bool streams = false;
};

exchange_outcome answered(client_connection& c, std::string body, bool left_over) {
  const bool reusable = c.reader.keep_alive() && !c.reader.upgrades() && !left_over;
  response r = std::move(c.reader.response_head());
  r.body = std::move(body);
  c.reader.next();
  return {std::move(r), reusable};
}

}  // namespace

runtime::task<exchange_outcome> run_exchange(client_connection& c, const std::string& head,
                                             const request& what, bool unsure_of_writes, body_plan plan) {
  c.reader.limit_body(std::max(plan.max_collected, plan.max_streamed));
  io_outcome written(runtime::system_error_code(), write_at_once(*c.stream, head, what.body));
  if (std::get<1>(written) != head.size() + what.body.size())
    written = co_await write_rest(*c.stream, head, what.body, std::get<1>(written));
  const auto [write_code, sent] = written;
  const bool any_sent = sent != 0 || unsure_of_writes;
  // A server may refuse a request before it has read all of it: its answer is worth more than the broken
  // pipe.
  if (write_code && (!any_sent || runtime::from_system(write_code) != runtime::errc::reset))
    co_return failed(c, transport_error(write_code, c), any_sent);
  if (what.method == "HEAD") c.reader.set_answer_to(message_reader::answer_to::head);
  if (what.method == "CONNECT") c.reader.set_answer_to(message_reader::answer_to::connect);
  std::string body;
  body_way way(plan);
  int interim = 0;
  bool left_over = false;
  for (;;) {
    const auto into = boost::asio::buffer(c.buffer);
    const auto [code, count] = co_await read_bytes(*c.stream, into);
    if (code) {
      const bool ended = code == boost::asio::error::eof && !c.reader.idle() && c.reader.end_of_stream();
      if (ended) co_return answered(c, std::move(body), false);
      co_return failed(c, transport_error(write_code ? write_code : code, c), true);
    }
    auto complete = take(c.reader, std::string_view(c.buffer).substr(0, count), body, interim, left_over);
    if (!complete) co_return failed(c, std::move(complete.error()), true);
    if (plan.sink != nullptr) {
      auto passed = co_await way.pass(c, body);
      if (!passed) co_return failed(c, std::move(passed.error()), true);
    }
    if (*complete) co_return answered(c, std::move(body), left_over || write_code);
    if (count == c.buffer.size() && count < largest_buffer) c.buffer.resize(largest_buffer);
  }
}

}  // namespace epicenter::http
