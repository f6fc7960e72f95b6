#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <epicenter/base/check.hpp>
#include <epicenter/runtime/real/descriptor_lender.hpp>
#include <epicenter/runtime/real/readiness.hpp>
#include <epicenter/runtime/real/socket_operation.hpp>
#include <epicenter/runtime/real/socket_stream.hpp>
#include <optional>

namespace epicenter::runtime {
namespace {

using naming = int (*)(int, sockaddr*, socklen_t*);

socket_protocol::endpoint named_by(naming name, int descriptor) {
  socket_protocol::endpoint found;
  auto size = static_cast<socklen_t>(found.capacity());
  if (name(descriptor, found.data(), &size) == 0) found.resize(size);
  return found;
}

class socket_stream final : public stream, public descriptor_lender, private watcher {
 public:
  socket_stream(loop_executor executor, int connected)
      : executor_(std::move(executor)),
        readiness_(boost::asio::use_service<readiness_loop>(executor_.context())),
        descriptor_(connected) {
    const auto local = named_by(::getsockname, descriptor_);
    local_ = to_endpoint(local);
    remote_ = to_endpoint(named_by(::getpeername, descriptor_));
    is_unix_ = local.protocol().family() == AF_UNIX;
    const int on = 1;
    if (!is_unix_) ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }

  ~socket_stream() override { close(); }

  executor get_executor() override { return executor_; }

  void async_read_some(std::span<const boost::asio::mutable_buffer> buffers, io_handler handler) override {
    if (!is_open()) return fail_later(std::move(handler));
    socket_operation<boost::asio::mutable_buffer> wanted(buffers);
    if (wanted.bytes() == 0) return complete_later(std::move(handler), {}, 0);
    if (readable_) {
      const transfer made = receive(wanted);
      if (!made.must_wait) return complete_later(std::move(handler), made.code, made.bytes);
    }
    begin(reading_, std::move(wanted), std::move(handler));
  }

  void async_write_some(std::span<const boost::asio::const_buffer> buffers, io_handler handler) override {
    if (!is_open() || write_ended_) return fail_later(std::move(handler));
    socket_operation<boost::asio::const_buffer> wanted(buffers);
    if (wanted.bytes() == 0) return complete_later(std::move(handler), {}, 0);
    if (writable_) {
      const transfer made = send(wanted);
      if (!made.must_wait) return complete_later(std::move(handler), made.code, made.bytes);
    }
    begin(writing_, std::move(wanted), std::move(handler));
  }

  void shutdown_write() override {
    if (!is_open() || write_ended_) return;
    write_ended_ = true;
    ::shutdown(descriptor_, SHUT_WR);
  }
  void close() override {
    if (descriptor_ < 0) return;
    if (watched_) readiness_.forget_closing(*this);
    watched_ = false;
    lent_ = false;
    ::close(std::exchange(descriptor_, -1));
    cancel(reading_);
    cancel(writing_);
  }
  void reset() override {
    if (descriptor_ < 0) return;
    // Unix sockets have no reset: their peer sees the end of the stream.
    const linger at_once{1, 0};
    if (!is_unix_) ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close();
  }

  bool is_quiet() const override {
    if (!is_open()) return false;
    char byte = 0;
    const ssize_t got = ::recv(descriptor_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && would_block(errno);
  }

  std::size_t try_write(std::span<const boost::asio::const_buffer> buffers) override {
    if (!is_open() || write_ended_) return 0;
    socket_operation<boost::asio::const_buffer> wanted(buffers);
    const ssize_t sent = wanted.move_on(descriptor_);
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
  }

  int lend() override {
    if (!is_open() || reading_ || writing_) return -1;
    if (watched_) readiness_.forget(descriptor_, *this);
    watched_ = false;
    lent_ = true;
    return descriptor_;
  }
  void take_back() override {
    lent_ = false;
    readable_ = writable_ = true;
    ending_ = false;
  }
  bool write_ended() const override { return write_ended_; }
  void set_write_ended() override { write_ended_ = true; }

  endpoint local_endpoint() const override { return local_; }
  endpoint remote_endpoint() const override { return remote_; }

 private:
  template <class Buffer>
  using waiting = std::optional<waiting_operation<Buffer>>;
  struct transfer {
    system_error_code code;
    std::size_t bytes = 0;
    bool must_wait = false;
  };

  bool is_open() const { return descriptor_ >= 0 && !lent_; }

  transfer receive(const socket_operation<boost::asio::mutable_buffer>& wanted) {
    transfer made = moved(wanted.move_on(descriptor_));
    if (made.must_wait) readable_ = false;
    // All there was, and the next will be told. The end may have come with it, and is told only once.
    if (made.bytes != 0 && made.bytes < wanted.bytes() && !ending_ && watched_) readable_ = false;
    if (!made.code && !made.must_wait && made.bytes == 0) made.code = boost::asio::error::eof;
    return made;
  }
  transfer send(const socket_operation<boost::asio::const_buffer>& wanted) {
    const transfer made = moved(wanted.move_on(descriptor_));
    if (made.must_wait) writable_ = false;
    return made;
  }
  static transfer moved(ssize_t bytes) {
    transfer made;
    if (bytes >= 0) {
      made.bytes = static_cast<std::size_t>(bytes);
      return made;
    }
    made.must_wait = would_block(errno);
    if (!made.must_wait) made.code = system_error_code(errno, boost::asio::error::get_system_category());
    return made;
  }

  template <class Buffer>
  void begin(waiting<Buffer>& place, socket_operation<Buffer> wanted, io_handler handler) {
    EPICENTER_CHECK(!place, "one operation a direction at a time");
    if (!watched_) {
      watched_ = readiness_.watch(descriptor_, *this);
      if (!watched_) return watch_failed(std::move(handler));
    }
    place.emplace(std::move(wanted), std::move(handler), [this, &place] { cancel(place); });
  }
  void watch_failed(io_handler handler) {
    // A loop that ends takes no more handlers.
    if (!readiness_.has_ended()) complete_later(std::move(handler), to_system(errc::resource_limit), 0);
  }
  template <class Buffer>
  void cancel(waiting<Buffer>& place) {
    if (place) complete_later(take(place), to_system(errc::cancelled), 0);
  }
  template <class Buffer>
  static io_handler take(waiting<Buffer>& place) {
    io_handler handler = place->take_handler();
    place.reset();
    return handler;
  }

  // A handler may destroy this stream.
  void on_events(std::uint32_t events) override {
    if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) ending_ = true;
    if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) readable_ = true;
    if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) writable_ = true;
    if (writing_ && writable_) {
      const transfer made = send(writing_->operation());
      if (!made.must_wait) complete_later(take(writing_), made.code, made.bytes);
    }
    if (!reading_ || !readable_) return;
    const transfer made = receive(reading_->operation());
    if (made.must_wait) return;
    io_handler handler = take(reading_);
    std::move(handler)(made.code, made.bytes);
  }
  void abandon() override {
    watched_ = false;
    std::optional<io_handler> first, second;
    if (reading_) first.emplace(take(reading_));
    if (writing_) second.emplace(take(writing_));
    // With the handlers goes what awaits them, and perhaps this stream.
  }

  void complete_later(io_handler handler, system_error_code code, std::size_t bytes) {
    auto call = [h = std::move(handler), code, bytes]() mutable { std::move(h)(code, bytes); };
    boost::asio::post(executor_, std::move(call));
  }
  void fail_later(io_handler handler) { complete_later(std::move(handler), to_system(errc::closed), 0); }

  loop_executor executor_;
  readiness_loop& readiness_;
  int descriptor_;
  endpoint local_;
  endpoint remote_;
  waiting<boost::asio::mutable_buffer> reading_;
  waiting<boost::asio::const_buffer> writing_;
  bool is_unix_ = false;
  bool write_ended_ = false;
  bool watched_ = false;
  bool lent_ = false;
  bool readable_ = true, writable_ = true;  ///< as far as is known: what is not is found out by trying
  bool ending_ = false;                     ///< the peer's end or an error was told
};

}  // namespace

stream_ptr make_socket_stream(socket_type socket) {
  const loop_executor loop = socket.get_executor();
  system_error_code code;
  socket.native_non_blocking(true, code);
  const int descriptor = socket.release(code);
  return make_socket_stream(loop, code ? -1 : descriptor);
}

stream_ptr make_socket_stream(const loop_executor& loop, int connected) {
  return std::make_unique<socket_stream>(loop, connected);
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
