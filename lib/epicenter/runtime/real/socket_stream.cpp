#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <epicenter/runtime/buffer_list.hpp>
#include <epicenter/runtime/real/descriptor_lender.hpp>
#include <epicenter/runtime/real/loop_handler.hpp>
#include <epicenter/runtime/real/socket_stream.hpp>

namespace epicenter::runtime {
namespace {

// What the slots of outstanding operations reach while the stream lives.
struct socket_state {
  explicit socket_state(socket_type connected) : socket(std::move(connected)) {}
  socket_type socket;
  boost::asio::cancellation_signal read;
  boost::asio::cancellation_signal write;
};
using signal_ptr = std::shared_ptr<boost::asio::cancellation_signal>;

class socket_stream final : public stream, public descriptor_lender {
 public:
  explicit socket_stream(socket_type socket)
      : state_(std::make_shared<socket_state>(std::move(socket))), socket_(state_->socket) {
    system_error_code ignored;
    local_ = to_endpoint(socket_.local_endpoint(ignored));
    remote_ = to_endpoint(socket_.remote_endpoint(ignored));
    is_unix_ = socket_.local_endpoint(ignored).protocol().family() == AF_UNIX;
    if (!is_unix_) socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
    socket_.native_non_blocking(true, ignored);
  }

  ~socket_stream() override { close(); }

  executor get_executor() override { return socket_.get_executor(); }

  void async_read_some(std::span<const boost::asio::mutable_buffer> buffers, io_handler handler) override {
    if (!socket_.is_open()) return fail_later(std::move(handler));
    loop_handler<io_handler> direct(std::move(handler), signal_ptr(state_, &state_->read));
    if (buffers.size() == 1) return socket_.async_read_some(buffers.front(), std::move(direct));
    socket_.async_read_some(buffer_list<boost::asio::mutable_buffer>(buffers), std::move(direct));
  }

  void async_write_some(std::span<const boost::asio::const_buffer> buffers, io_handler handler) override {
    if (!socket_.is_open() || write_ended_) return fail_later(std::move(handler));
    loop_handler<io_handler> direct(std::move(handler), signal_ptr(state_, &state_->write));
    if (buffers.size() == 1) return socket_.async_write_some(buffers.front(), std::move(direct));
    socket_.async_write_some(buffer_list<boost::asio::const_buffer>(buffers), std::move(direct));
  }

  void shutdown_write() override {
    if (!socket_.is_open() || write_ended_) return;
    write_ended_ = true;
    system_error_code ignored;
    socket_.shutdown(socket_type::shutdown_send, ignored);
  }
  void close() override {
    if (lent_ >= 0) take_back();
    system_error_code ignored;
    socket_.close(ignored);
  }
  void reset() override {
    if (lent_ >= 0) take_back();
    if (!socket_.is_open()) return;
    system_error_code ignored;
    // Unix sockets have no reset: their peer sees the end of the stream.
    if (!is_unix_) socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
  }

  bool is_quiet() const override {
    if (!socket_.is_open()) return false;
    char byte = 0;
    const ssize_t got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }

  std::size_t try_write(std::span<const boost::asio::const_buffer> buffers) override {
    if (!socket_.is_open() || write_ended_) return 0;
    iovec parts[most_parts];
    msghdr message{};
    message.msg_iov = parts;
    for (const auto& b : buffers.first(std::min(buffers.size(), most_parts)))
      parts[message.msg_iovlen++] = {const_cast<void*>(b.data()), b.size()};
    const ssize_t sent = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
  }

  int lend() override {
    if (!socket_.is_open()) return -1;
    system_error_code code;
    protocol_ = socket_.local_endpoint(code).protocol();
    const int descriptor = code ? -1 : socket_.release(code);
    if (code || descriptor < 0) return -1;
    lent_ = descriptor;
    return descriptor;
  }
  void take_back() override {
    if (lent_ < 0) return;
    system_error_code code;
    socket_.assign(protocol_, lent_, code);
    if (code) ::close(lent_);
    lent_ = -1;
  }
  bool write_ended() const override { return write_ended_; }
  void set_write_ended() override { write_ended_ = true; }

  endpoint local_endpoint() const override { return local_; }
  endpoint remote_endpoint() const override { return remote_; }

 private:
  void fail_later(io_handler handler) {
    auto call = [h = std::move(handler)]() mutable { std::move(h)(to_system(errc::closed), 0U); };
    boost::asio::post(socket_.get_executor(), std::move(call));
  }

  static constexpr std::size_t most_parts = 16;

  std::shared_ptr<socket_state> state_;
  socket_type& socket_;
  socket_protocol protocol_{AF_INET, 0};
  int lent_ = -1;
  endpoint local_;
  endpoint remote_;
  bool is_unix_ = false;
  bool write_ended_ = false;
};

}  // namespace

stream_ptr make_socket_stream(socket_type socket) {
  return std::make_unique<socket_stream>(std::move(socket));
}

endpoint to_endpoint(const socket_protocol::endpoint& from) {
  endpoint to;
  if (from.protocol().family() == AF_UNIX) {
    sockaddr_un address{};
    std::memcpy(&address, from.data(), std::min(from.size(), sizeof(address)));
    const std::size_t offset = offsetof(sockaddr_un, sun_path);
    const std::size_t length = from.size() > offset ? from.size() - offset : 0;
    to.path.assign(address.sun_path, ::strnlen(address.sun_path, length));
    return to;
  }
  boost::asio::ip::tcp::endpoint address;
  if (from.size() == 0 || from.size() > address.capacity()) return to;
  address.resize(from.size());
  std::memcpy(address.data(), from.data(), from.size());
  to.host = address.address().to_string();
  to.port = address.port();
  return to;
}

}  // namespace epicenter::runtime
