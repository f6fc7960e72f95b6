// What a socket is asked to move, and who is told when it has.
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <cerrno>
#include <epicenter/runtime/buffer_list.hpp>
#include <epicenter/runtime/stream.hpp>
#include <memory>
#include <type_traits>
#include <utility>

namespace epicenter::runtime {

inline bool would_block(int code) {
  return code == EAGAIN || code == EWOULDBLOCK;
}

/// One system call's worth of bytes. Most operations have one buffer; a list is kept apart, so that a stream
/// that waits for years stays small.
template <class Buffer>
class socket_operation {
 public:
  explicit socket_operation(std::span<const Buffer> buffers) {
    if (buffers.size() == 1)
      only_ = buffers.front();
    else
      list_ = std::make_unique<buffer_list<Buffer>>(buffers);
  }

  std::size_t bytes() const { return list_ ? list_->bytes() : only_.size(); }

  /// Bytes moved, 0 at the end of the stream, or negative with errno. Never waits.
  ssize_t move_on(int descriptor) const {
    ssize_t moved = 0;
    do {
      moved = list_ ? gathered(descriptor) : single(descriptor);
    } while (moved < 0 && errno == EINTR);
    return moved;
  }

 private:
  static constexpr bool reads = std::is_same_v<Buffer, boost::asio::mutable_buffer>;

  ssize_t single(int descriptor) const {
    if constexpr (reads)
      return ::recv(descriptor, only_.data(), only_.size(), MSG_DONTWAIT);
    else
      return ::send(descriptor, only_.data(), only_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  ssize_t gathered(int descriptor) const {
    iovec parts[buffer_list<Buffer>::max_size];
    msghdr message{};
    message.msg_iov = parts;
    for (const Buffer& one : *list_)
      parts[message.msg_iovlen++] = {const_cast<void*>(one.data()), one.size()};
    if constexpr (reads)
      return ::recvmsg(descriptor, &message, MSG_DONTWAIT);
    else
      return ::sendmsg(descriptor, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  }

  Buffer only_;
  std::unique_ptr<buffer_list<Buffer>> list_;
};

/// An operation that waits for its descriptor. Cancelled by its handler's slot.
template <class Buffer>
class waiting_operation {
 public:
  template <class OnCancel>
  waiting_operation(socket_operation<Buffer> wanted, io_handler handler, OnCancel on_cancel)
      : operation_(std::move(wanted)), handler_(std::move(handler)) {
    auto slot = boost::asio::get_associated_cancellation_slot(handler_);
    if (!slot.is_connected()) return;
    slot.assign([on_cancel](boost::asio::cancellation_type) {
      auto call = on_cancel;  // the slot is cleared by it, and with it this very lambda
      call();
    });
  }

  const socket_operation<Buffer>& operation() const { return operation_; }
  io_handler take_handler() {
    auto slot = boost::asio::get_associated_cancellation_slot(handler_);
    if (slot.is_connected()) slot.clear();
    return std::move(handler_);
  }

 private:
  socket_operation<Buffer> operation_;
  io_handler handler_;
};

}  // namespace epicenter::runtime
