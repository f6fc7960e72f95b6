#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <epicenter/runtime/real/connect_operation.hpp>
#include <epicenter/runtime/real/socket_stream.hpp>
#include <vector>

namespace epicenter::runtime {
namespace {

namespace ip = boost::asio::ip;
using resolver = ip::basic_resolver<ip::tcp, loop_executor>;

class connect_operation : public std::enable_shared_from_this<connect_operation> {
 public:
  connect_operation(boost::asio::io_context& loop, endpoint to, connect_handler handler)
      : loop_(loop),
        to_(std::move(to)),
        handler_(std::move(handler)),
        socket_(loop.get_executor()),
        resolver_(loop.get_executor()) {}

  void start() {
    auto slot = handler_.get_cancellation_slot();
    if (slot.is_connected()) {
      // Weak: a slot must not keep alive what holds its own handler.
      slot.assign([weak = weak_from_this()](boost::asio::cancellation_type) {
        if (const auto self = weak.lock()) self->cancel();
      });
    }
    if (to_.is_unix()) return start_unix();
    system_error_code not_an_address;
    const ip::address literal = ip::make_address(to_.host, not_an_address);
    if (!not_an_address) {
      addresses_.emplace_back(ip::tcp::endpoint(literal, to_.port));
      return try_next();
    }
    auto resolved = [self = shared_from_this()](system_error_code code, resolver::results_type found) {
      self->resolved(code, found);
    };
    resolving_ = true;
    resolver_.async_resolve(to_.host, std::to_string(to_.port), ip::resolver_base::numeric_service,
                            std::move(resolved));
  }

 private:
  void start_unix() {
    try {
      addresses_.emplace_back(boost::asio::local::stream_protocol::endpoint(to_.path));
    } catch (const boost::system::system_error&) {
      return finish_later(to_system(errc::invalid_endpoint));
    }
    try_next();
  }

  void resolved(system_error_code code, const resolver::results_type& found) {
    if (finished_) return;
    resolving_ = false;
    if (code) return finish(code);
    for (const auto& one : found) addresses_.emplace_back(one.endpoint());
    try_next();
  }

  void try_next() {
    system_error_code ignored;
    socket_.close(ignored);
    auto connected = [self = shared_from_this()](system_error_code code) { self->connected(code); };
    socket_.async_connect(addresses_[next_++], std::move(connected));
  }

  void connected(system_error_code code) {
    if (cancelled_) return finish(to_system(errc::cancelled));
    if (code && next_ < addresses_.size()) return try_next();
    finish(code);
  }

  void cancel() {
    cancelled_ = true;
    // A look-up cannot be interrupted. Its caller need not wait for it.
    if (resolving_) return finish_later(to_system(errc::cancelled));
    system_error_code ignored;
    socket_.cancel(ignored);
  }

  void finish_later(system_error_code code) {
    boost::asio::post(loop_.get_executor(), [self = shared_from_this(), code] { self->finish(code); });
  }

  void finish(system_error_code code) {
    if (finished_) return;
    finished_ = true;
    auto slot = handler_.get_cancellation_slot();
    if (slot.is_connected()) slot.clear();
    stream_ptr made;
    if (!code) made = make_socket_stream(std::move(socket_));
    connect_handler handler(std::move(handler_));
    std::move(handler)(code, std::move(made));
  }

  boost::asio::io_context& loop_;
  endpoint to_;
  connect_handler handler_;
  socket_type socket_;
  resolver resolver_;
  std::vector<socket_protocol::endpoint> addresses_;
  std::size_t next_ = 0;
  bool resolving_ = false;
  bool cancelled_ = false;
  bool finished_ = false;
};

}  // namespace

void start_connect(boost::asio::io_context& loop, endpoint to, connect_handler handler) {
  std::make_shared<connect_operation>(loop, std::move(to), std::move(handler))->start();
}

}  // namespace epicenter::runtime
