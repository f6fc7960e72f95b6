#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <epicenter/runtime/real/loop_handler.hpp>
#include <epicenter/runtime/real/socket_stream.hpp>
#include <optional>

namespace epicenter::runtime {
namespace {

using acceptor_type = boost::asio::basic_socket_acceptor<socket_protocol, loop_executor>;

class socket_listener final : public listener {
 public:
  socket_listener(acceptor_type acceptor, endpoint local)
      : acceptor_(std::move(acceptor)), local_(std::move(local)) {}
  ~socket_listener() override { close(); }

  void async_accept(accept_handler handler) override {
    if (!acceptor_.is_open()) {
      auto call = [h = std::move(handler)]() mutable { std::move(h)(to_system(errc::closed), nullptr); };
      boost::asio::post(acceptor_.get_executor(), std::move(call));
      return;
    }
    loop_handler<accept_handler> direct(std::move(handler), cancel_);
    acceptor_.async_accept(accepted(std::move(direct)));
  }
  endpoint local_endpoint() const override { return local_; }
  void close() override {
    if (!acceptor_.is_open()) return;
    system_error_code ignored;
    acceptor_.close(ignored);
    if (local_.is_unix()) ::unlink(local_.path.c_str());
  }

 private:
  struct accepted {
    using cancellation_slot_type = boost::asio::cancellation_slot;
    explicit accepted(loop_handler<accept_handler>&& handler) : inner(std::move(handler)) {}
    cancellation_slot_type get_cancellation_slot() const noexcept { return inner.get_cancellation_slot(); }
    void operator()(system_error_code code, socket_type socket) {
      inner(code, code ? nullptr : make_socket_stream(std::move(socket)));
    }
    loop_handler<accept_handler> inner;
  };

  acceptor_type acceptor_;
  std::shared_ptr<boost::asio::cancellation_signal> cancel_ =
      std::make_shared<boost::asio::cancellation_signal>();
  endpoint local_;
};

result<socket_protocol::endpoint> address_of(const endpoint& where) {
  namespace ip = boost::asio::ip;
  if (where.is_unix()) {
    try {
      return socket_protocol::endpoint(boost::asio::local::stream_protocol::endpoint(where.path));
    } catch (const boost::system::system_error&) {
      return fail(errc::invalid_endpoint, where.to_string());
    }
  }
  std::string host = where.host;
  if (host == "localhost") host = "127.0.0.1";
  if (host.empty()) host = "0.0.0.0";
  system_error_code code;
  const ip::address address = ip::make_address(host, code);
  if (code)
    return fail(errc::invalid_endpoint, where.to_string() + ": listening needs an address, not a name");
  return socket_protocol::endpoint(ip::tcp::endpoint(address, where.port));
}

system_error_code open(acceptor_type& acceptor, const socket_protocol::endpoint& address, bool is_unix) {
  system_error_code code;
  acceptor.open(address.protocol(), code);
  if (!code && !is_unix) acceptor.set_option(boost::asio::socket_base::reuse_address(true), code);
  if (!code) acceptor.bind(address, code);
  if (!code) acceptor.listen(boost::asio::socket_base::max_listen_connections, code);
  return code;
}

// The file of a Unix socket outlives a process that was killed. It is in nobody's way if nobody answers.
bool remove_if_stale(boost::asio::io_context& loop, const endpoint& where,
                     const socket_protocol::endpoint& address) {
  socket_type probe(loop.get_executor(), address.protocol());
  system_error_code code;
  probe.connect(address, code);
  return code == boost::asio::error::connection_refused && ::unlink(where.path.c_str()) == 0;
}

}  // namespace

result<listener_ptr> make_socket_listener(boost::asio::io_context& loop, const endpoint& where) {
  const result<socket_protocol::endpoint> address = address_of(where);
  if (!address) return fail(address.error());
  std::optional<acceptor_type> acceptor(std::in_place, loop.get_executor());
  system_error_code code = open(*acceptor, *address, where.is_unix());
  if (code == boost::asio::error::address_in_use && where.is_unix() &&
      remove_if_stale(loop, where, *address)) {
    acceptor.emplace(loop.get_executor());
    code = open(*acceptor, *address, true);
  }
  if (code) {
    const errc what = from_system(code);
    return fail(what, where.to_string() + (what == errc::io ? ": " + code.message() : ""));
  }
  endpoint local = where;
  if (!where.is_unix()) local.port = to_endpoint(acceptor->local_endpoint(code)).port;
  return std::make_unique<socket_listener>(std::move(*acceptor), std::move(local));
}

}  // namespace epicenter::runtime
