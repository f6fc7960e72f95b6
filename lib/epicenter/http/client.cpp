#include <epicenter/http/client.hpp>

#include <epicenter/http/client_exchange.hpp>
#include <epicenter/http/connection_pool.hpp>
#include <epicenter/http/content_coding.hpp>
#include <epicenter/http/dial.hpp>
#include <epicenter/http/gunzip_sink.hpp>
#include <epicenter/http/serialise.hpp>

namespace epicenter::http {
namespace {

exchange_failure nothing_sent(error why) {
  return {std::move(why), false, std::nullopt};
}

// A coding that nobody asked for breaks the protocol.
exchange_failure unreadable(error why, response answer) {
  answer.body.clear();
  if (why == make_error_code(errc::unsupported_coding))
    why = error(make_error_code(errc::malformed)).caused_by(std::move(why));
  return {std::move(why), true, std::move(answer)};
}

}  // namespace

struct client::impl : std::enable_shared_from_this<client::impl> {
  impl(runtime::runtime& rt, client_options o)
      : world(rt), options(std::move(o)), pool(world, options), ended(world) {}

  static runtime::task<exchange_result> run(std::shared_ptr<impl> self, origin where, request what,
                                            instant deadline, body_sink* sink, std::size_t max_streamed);
  runtime::task<result<std::unique_ptr<client_connection>>> open(origin where, instant deadline);
  runtime::task<exchange_result> exchange_within(const origin& where, const std::string& head,
                                                 const request& what, instant deadline, body_plan plan);

  // An exchange in flight, until its coroutine is gone, however it ends.
  struct in_flight {
    explicit in_flight(impl& i) : self(i) { ++self.busy; }
    ~in_flight() {
      if (--self.busy == 0) self.ended.notify_all();
    }
    in_flight(const in_flight&) = delete;
    in_flight& operator=(const in_flight&) = delete;
    impl& self;
  };

  runtime::runtime& world;
  client_options options;
  connection_pool pool;
  runtime::event ended;
  std::size_t busy = 0;
  bool stopped = false;
};

runtime::task<result<std::unique_ptr<client_connection>>> client::impl::open(origin where, instant deadline) {
  auto stream = co_await dial(world, options, std::move(where), deadline);
  if (!stream) co_return fail(std::move(stream.error()));
  co_return std::make_unique<client_connection>(world, std::move(*stream), options.response_limits);
}

runtime::task<exchange_result> client::impl::exchange_within(const origin& where, const std::string& head,
                                                             const request& what, instant deadline,
                                                             body_plan plan) {
  auto lease = pool.try_acquire(where);
  if (!lease) {
    auto waited = co_await pool.acquire(where, deadline);
    if (!waited) co_return tl::unexpected(nothing_sent(std::move(waited.error())));
    lease.emplace(std::move(*waited));
  }
  if (!lease->connection) {
    auto opened = co_await open(where, deadline);
    if (!opened) co_return tl::unexpected(nothing_sent(std::move(opened.error())));
    lease->connection = std::move(*opened);
  }
  client_connection& connection = *lease->connection;
  connection.dog.set(deadline);
  exchange_outcome outcome = co_await run_exchange(connection, head, what, where.tls, plan);
  if (outcome.reusable) lease->keep();
  co_return std::move(outcome.answer);
}

runtime::task<exchange_result> client::impl::run(std::shared_ptr<impl> self, origin where, request what,
                                                 instant deadline, body_sink* sink,
                                                 std::size_t max_streamed) {
  const in_flight counted(*self);
  if (self->stopped) co_return tl::unexpected(nothing_sent(error(make_error_code(errc::stopped))));
  if (self->world.now() >= deadline)
    co_return tl::unexpected(nothing_sent(error(make_error_code(errc::timed_out))));
  std::string head;
  auto written = append_head(head, what, where.authority());
  if (!written) co_return tl::unexpected(nothing_sent(std::move(written.error())));
  const std::size_t max_collected = self->options.response_limits.max_body_bytes;
  body_plan plan{max_collected, sink, max_streamed};
  const bool may_be_coded = accepts_gzip(what.fields);
  std::optional<gunzip_sink> text;
  if (may_be_coded && sink != nullptr) plan.sink = &text.emplace(*sink, max_streamed);
  exchange_result answer = co_await self->exchange_within(where, head, what, deadline, plan);
  if (!answer || !may_be_coded) co_return answer;
  const bool streamed = text && text->decoded();
  if (streamed) answer->fields.erase("Content-Encoding");
  result<> read = streamed ? text->finish() : decode_body(*answer, max_collected);
  if (!read) co_return tl::unexpected(unreadable(std::move(read.error()), std::move(*answer)));
  co_return answer;
}

client::client(runtime::runtime& rt, client_options options)
    : impl_(std::make_shared<impl>(rt, std::move(options))) {}

client::~client() {
  impl_->stopped = true;
  impl_->pool.close_idle();
}

runtime::task<exchange_result> client::send(origin where, request what, instant deadline) {
  return impl::run(impl_, std::move(where), std::move(what), deadline, nullptr, 0);
}

runtime::task<exchange_result> client::send(origin where, request what, instant deadline, body_sink& sink,
                                            std::size_t max_body_bytes) {
  return impl::run(impl_, std::move(where), std::move(what), deadline, &sink, max_body_bytes);
}

std::size_t client::connections() const {
  return impl_->pool.open();
}

runtime::task<> client::stop() {
  const std::shared_ptr<impl> self = impl_;
  self->stopped = true;
  self->pool.close_idle();
  while (self->busy != 0) {
    const result<> woken = co_await self->ended.wait(runtime::never);
    if (!woken) co_return;
  }
}

}  // namespace epicenter::http
