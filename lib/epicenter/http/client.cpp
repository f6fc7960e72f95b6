#include <epicenter/http/client.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
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

  // What becomes of a request that cannot go at once.
  struct opening {
    std::optional<connection_pool::lease> lease;
    std::optional<error> failed;
  };
  struct ways {
    body_sink* sink = nullptr;
    std::size_t max_streamed = 0;
    exchange_stop* stop = nullptr;
    std::optional<instant> now;
  };

  // Its origin and request are values, or references to what is lent.
  template <class Origin, class Request>
  static runtime::task<exchange_result> run(std::shared_ptr<impl> self, Origin where, Request what,
                                            instant deadline, ways how);
  runtime::task<> open(origin where, instant deadline, opening& into);
  runtime::task<> open_stoppable(origin where, instant deadline, opening& into, exchange_stop& stop);
  runtime::task<exchange_result> exchange_within(const origin& where, const std::string& head,
                                                 const request& what, instant deadline, body_plan plan,
                                                 exchange_stop* stop);

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

runtime::task<> client::impl::open(origin where, instant deadline, opening& into) {
  if (!into.lease) {
    auto waited = co_await pool.acquire(where, deadline);
    if (!waited) {
      into.failed = std::move(waited.error());
      co_return;
    }
    into.lease.emplace(std::move(*waited));
  }
  if (into.lease->connection) co_return;
  auto stream = co_await dial(world, options, std::move(where), deadline);
  if (!stream) {
    into.failed = std::move(stream.error());
    co_return;
  }
  into.lease->connection =
      std::make_unique<client_connection>(world, std::move(*stream), options.response_limits);
}

// A task of its own can be cancelled from outside, and beside a new connection it costs nothing.
runtime::task<> client::impl::open_stoppable(origin where, instant deadline, opening& into,
                                             exchange_stop& stop) {
  runtime::task_group waiting(world);
  waiting.spawn("http.open", open(std::move(where), deadline, into));
  stop.opening_ = &waiting;
  if (stop.requested()) waiting.cancel();
  co_await waiting.join();
  stop.opening_ = nullptr;
}

runtime::task<exchange_result> client::impl::exchange_within(const origin& where, const std::string& head,
                                                             const request& what, instant deadline,
                                                             body_plan plan, exchange_stop* stop) {
  opening begun{pool.try_acquire(where), std::nullopt};
  if (!begun.lease || !begun.lease->connection) {
    if (stop == nullptr)
      co_await open(where, deadline, begun);
    else
      co_await open_stoppable(where, deadline, begun, *stop);
    if (begun.failed) co_return tl::unexpected(nothing_sent(std::move(*begun.failed)));
  }
  client_connection& connection = *begun.lease->connection;
  if (stop != nullptr) {
    if (stop->requested()) {
      begun.lease->keep();
      co_return tl::unexpected(nothing_sent(error(make_error_code(errc::cancelled))));
    }
    stop->stream_ = connection.stream.get();
  }
  connection.dog.set(deadline);
  exchange_outcome outcome = co_await run_exchange(connection, head, what, where.tls, plan);
  const bool closed = stop != nullptr && stop->requested();
  if (stop != nullptr) stop->stream_ = nullptr;
  const bool handed_over = outcome.reusable && !closed && begun.lease->keep();
  // Whoever waited for the connection sends now; this answer is decoded and read while the server works on
  // that.
  if (handed_over) co_await boost::asio::post(boost::asio::use_awaitable);
  co_return std::move(outcome.answer);
}

template <class Origin, class Request>
runtime::task<exchange_result> client::impl::run(std::shared_ptr<impl> self, Origin where, Request what,
                                                 instant deadline, ways how) {
  const in_flight counted(*self);
  if (self->stopped) co_return tl::unexpected(nothing_sent(error(make_error_code(errc::stopped))));
  const instant now = how.now ? *how.now : self->world.now();
  if (now >= deadline) co_return tl::unexpected(nothing_sent(error(make_error_code(errc::timed_out))));
  std::string head;
  auto written = append_head(head, what, where.authority());
  if (!written) co_return tl::unexpected(nothing_sent(std::move(written.error())));
  const std::size_t max_collected = self->options.response_limits.max_body_bytes;
  body_plan plan{max_collected, how.sink, how.max_streamed};
  const bool may_be_coded = accepts_gzip(what.fields);
  std::optional<gunzip_sink> text;
  if (may_be_coded && how.sink != nullptr) plan.sink = &text.emplace(*how.sink, how.max_streamed);
  exchange_result answer = co_await self->exchange_within(where, head, what, deadline, plan, how.stop);
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
  return impl::run<origin, request>(impl_, std::move(where), std::move(what), deadline, impl::ways());
}

runtime::task<exchange_result> client::send(origin where, request what, instant deadline, body_sink& sink,
                                            std::size_t max_body_bytes) {
  const impl::ways how{&sink, max_body_bytes, nullptr, std::nullopt};
  return impl::run<origin, request>(impl_, std::move(where), std::move(what), deadline, how);
}

runtime::task<exchange_result> client::send_lent(const origin& where, const request& what, instant now,
                                                 instant deadline, exchange_stop* stop) {
  const impl::ways how{nullptr, 0, stop, now};
  return impl::run<const origin&, const request&>(impl_, where, what, deadline, how);
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
