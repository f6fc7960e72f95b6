#include <epicenter/http/tls.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <epicenter/http/error.hpp>
#include <epicenter/http/pending_op.hpp>
#include <epicenter/http/stream_io.hpp>
#include <epicenter/http/tls_session.hpp>
#include <epicenter/http/watchdog.hpp>
#include <epicenter/runtime/task.hpp>

namespace epicenter::http {
namespace {

namespace asio = boost::asio;
using code = runtime::system_error_code;

constexpr std::size_t record_buffer = 17 * 1024;
constexpr std::size_t most_plain_at_once = 64 * 1024;
constexpr duration longest_farewell = 1s;

// What the operations of a TLS stream share; outlives the stream until its farewell has been sent.
class tls_pump : public std::enable_shared_from_this<tls_pump> {
 public:
  tls_pump(runtime::runtime& rt, tls_context_ptr context, runtime::stream_ptr carrier_stream,
           tls_session::side side, const std::string& host)
      : carrier(std::move(carrier_stream)),
        session(std::move(context), side, host, rt.wall()),
        world_(rt),
        input_(record_buffer, '\0'),
        farewell_limit_(rt, [this] { carrier->close(); }) {}

  void start_handshake(runtime::io_handler handler) {
    handshaking_ = true;
    begin_read(std::move(handler), {});
  }
  void start_read(std::span<const asio::mutable_buffer> buffers, runtime::io_handler handler) {
    asio::mutable_buffer into;
    for (const asio::mutable_buffer& b : buffers)
      if (into.size() == 0) into = b;
    begin_read(std::move(handler), {static_cast<char*>(into.data()), into.size()});
  }
  void start_write(std::span<const asio::const_buffer> buffers, runtime::io_handler handler);
  void end_writing();
  void close();
  void reset();
  bool is_quiet() const { return !session.has_unread() && !input_ended_ && !reading_ && carrier->is_quiet(); }

  runtime::stream_ptr carrier;
  tls_session session;

 private:
  void begin_read(runtime::io_handler handler, std::span<char> into);
  void advance_read();
  void fill();
  void filled(code c, std::size_t count);
  void flush();
  void flushed(code c, std::size_t count);
  void drained();
  void finish_read(code c, std::size_t count) { read_.complete(carrier->get_executor(), c, count); }
  void finish_write(code c, std::size_t count) { write_.complete(carrier->get_executor(), c, count); }

  runtime::runtime& world_;
  std::string input_;
  std::string plain_;
  std::string output_;  // records on their way
  std::size_t output_sent_ = 0;
  pending_op read_;
  pending_op write_;
  std::span<char> into_;
  std::size_t accepted_ = 0;  // plain bytes of the write in hand
  bool handshaking_ = false;
  bool reading_ = false;  // a read of the carrier is outstanding
  bool writing_ = false;  // a write of the carrier is outstanding
  bool input_ended_ = false;
  bool ending_ = false;  // FIN after what waits to be sent
  bool ended_ = false;   // FIN was sent
  bool closing_ = false;
  code broken_;  // why the carrier takes no more
  watchdog farewell_limit_;
};

void tls_pump::begin_read(runtime::io_handler handler, std::span<char> into) {
  into_ = into;
  // The carrier's read goes on when the caller gives up: what it brings waits for the next read.
  read_.begin(std::move(handler), [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->finish_read(asio::error::operation_aborted, 0);
  });
  if (closing_) return finish_read(asio::error::operation_aborted, 0);
  if (into_.empty() && !handshaking_) return finish_read({}, 0);
  advance_read();
}

void tls_pump::advance_read() {
  if (!read_.active()) return;
  std::size_t count = 0;
  const auto status = handshaking_ ? session.handshake() : session.read(into_, count);
  flush();
  switch (status) {
    case tls_session::status::done:
      handshaking_ = false;
      return finish_read({}, count);
    case tls_session::status::ended:
      return finish_read(asio::error::eof, 0);
    case tls_session::status::failed:
      return finish_read(runtime::to_system(runtime::errc::io), 0);
    case tls_session::status::wants_input:
      return fill();
  }
}

void tls_pump::fill() {
  // An end without TLS's own end may be an attacker's.
  if (input_ended_)
    return finish_read(handshaking_ ? code(asio::error::eof) : code(asio::error::connection_reset), 0);
  if (reading_) return;
  reading_ = true;
  const asio::mutable_buffer into = asio::buffer(input_);
  carrier->async_read_some(std::span(&into, 1),
                           [self = shared_from_this()](code c, std::size_t n) { self->filled(c, n); });
}

void tls_pump::filled(code c, std::size_t count) {
  reading_ = false;
  session.put_records(std::string_view(input_).substr(0, count));
  if (c == asio::error::eof)
    input_ended_ = true;
  else if (c)
    return finish_read(c, 0);
  advance_read();
}

void tls_pump::start_write(std::span<const asio::const_buffer> buffers, runtime::io_handler handler) {
  plain_.clear();
  for (const asio::const_buffer& b : buffers)
    plain_.append(static_cast<const char*>(b.data()), std::min(b.size(), most_plain_at_once - plain_.size()));
  accepted_ = plain_.size();
  // Records once made must be sent in full, or the peer cannot read on; giving up leaves them to the carrier.
  write_.begin(std::move(handler), [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->finish_write(asio::error::operation_aborted, 0);
  });
  if (closing_) return finish_write(asio::error::operation_aborted, 0);
  if (broken_ || ending_) return finish_write(broken_ ? broken_ : code(asio::error::broken_pipe), 0);
  if (plain_.empty()) return finish_write({}, 0);
  if (session.write(plain_) != tls_session::status::done)
    return finish_write(runtime::to_system(runtime::errc::io), 0);
  flush();
}

void tls_pump::flush() {
  if (writing_ || broken_) return;
  if (output_sent_ == output_.size()) {
    output_.clear();
    output_sent_ = 0;
    session.take_records(output_);
    if (output_.empty()) return drained();
  }
  writing_ = true;
  const asio::const_buffer rest = asio::buffer(output_) + output_sent_;
  carrier->async_write_some(std::span(&rest, 1),
                            [self = shared_from_this()](code c, std::size_t n) { self->flushed(c, n); });
}

void tls_pump::flushed(code c, std::size_t count) {
  writing_ = false;
  output_sent_ += count;
  if (c) {
    broken_ = c;
    finish_write(c, 0);
    if (closing_) carrier->close();
    return;
  }
  flush();
}

void tls_pump::drained() {
  finish_write({}, accepted_);
  if (closing_)
    carrier->close();
  else if (ending_ && !std::exchange(ended_, true))
    carrier->shutdown_write();
}

void tls_pump::end_writing() {
  if (closing_ || broken_) return;
  session.end();
  ending_ = true;
  flush();
}

void tls_pump::close() {
  if (std::exchange(closing_, true)) return;
  finish_read(asio::error::operation_aborted, 0);
  finish_write(asio::error::operation_aborted, 0);
  if (writing_ || broken_) return carrier->close();
  session.end();
  // The carrier has room for a farewell unless its peer has stopped reading.
  flush();
  if (writing_) farewell_limit_.set(world_.now() + longest_farewell);
}

void tls_pump::reset() {
  closing_ = true;
  carrier->reset();
  finish_read(asio::error::operation_aborted, 0);
  finish_write(asio::error::operation_aborted, 0);
}

class tls_stream final : public runtime::stream {
 public:
  explicit tls_stream(std::shared_ptr<tls_pump> pump) : pump_(std::move(pump)) {}
  ~tls_stream() override { pump_->close(); }

  runtime::executor get_executor() override { return pump_->carrier->get_executor(); }
  void async_read_some(std::span<const asio::mutable_buffer> buffers, runtime::io_handler handler) override {
    pump_->start_read(buffers, std::move(handler));
  }
  void async_write_some(std::span<const asio::const_buffer> buffers, runtime::io_handler handler) override {
    pump_->start_write(buffers, std::move(handler));
  }
  void shutdown_write() override { pump_->end_writing(); }
  void close() override { pump_->close(); }
  void reset() override { pump_->reset(); }
  bool is_quiet() const override { return pump_->is_quiet(); }
  runtime::endpoint local_endpoint() const override { return pump_->carrier->local_endpoint(); }
  runtime::endpoint remote_endpoint() const override { return pump_->carrier->remote_endpoint(); }

 private:
  std::shared_ptr<tls_pump> pump_;
};

struct start_handshake {
  tls_pump* pump;
  template <class Handler>
  void operator()(Handler&& handler) const {
    pump->start_handshake(runtime::io_handler(std::forward<Handler>(handler)));
  }
};

asio::awaitable<io_outcome> await_handshake(tls_pump& pump) {
  constexpr auto token = asio::as_tuple(asio::use_awaitable_t<>());
  return asio::async_initiate<decltype(token), void(code, std::size_t)>(start_handshake{&pump}, token);
}

runtime::task<result<runtime::stream_ptr>> handshake(std::shared_ptr<tls_pump> pump) {
  runtime::stream_ptr secured = std::make_unique<tls_stream>(pump);
  const auto [c, count] = co_await await_handshake(*pump);
  static_cast<void>(count);
  if (!c) co_return std::move(secured);
  if (!pump->session.reason().empty()) {
    error kind(make_error_code(pump->session.kind()));
    error why(make_error_code(errc::tls_failed), pump->session.reason());
    co_return fail(std::move(why).caused_by(std::move(kind)));
  }
  co_return fail(runtime::from_system(c), "while the TLS handshake was going on");
}

}  // namespace

runtime::task<result<runtime::stream_ptr>> tls_connect(runtime::runtime& rt, tls_context_ptr context,
                                                       runtime::stream_ptr carrier, std::string host,
                                                       instant deadline) {
  auto pump =
      std::make_shared<tls_pump>(rt, std::move(context), std::move(carrier), tls_session::side::client, host);
  return runtime::with_timeout(rt, deadline, handshake(std::move(pump)));
}

runtime::task<result<runtime::stream_ptr>> tls_accept(runtime::runtime& rt, tls_context_ptr context,
                                                      runtime::stream_ptr carrier, instant deadline,
                                                      std::string begun) {
  auto pump = std::make_shared<tls_pump>(rt, std::move(context), std::move(carrier),
                                         tls_session::side::server, std::string());
  pump->session.put_records(begun);
  return runtime::with_timeout(rt, deadline, handshake(std::move(pump)));
}

}  // namespace epicenter::http
