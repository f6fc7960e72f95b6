// Lets Asio's and Beast's composed operations run over a runtime::stream.
#pragma once

#include <boost/asio/async_result.hpp>
#include <epicenter/runtime/buffer_list.hpp>
#include <epicenter/runtime/stream.hpp>
#include <utility>

namespace epicenter::runtime {

/// Models Asio's AsyncReadStream and AsyncWriteStream, and is its own lowest layer, so that
/// ssl::stream<any_stream> works. Refers to the stream; the stream must outlive it and every operation.
/// Copyable.
class any_stream {
 public:
  using executor_type = executor;
  using lowest_layer_type = any_stream;

  explicit any_stream(stream& next) : next_(&next) {}

  executor_type get_executor() { return next_->get_executor(); }
  lowest_layer_type& lowest_layer() { return *this; }
  const lowest_layer_type& lowest_layer() const { return *this; }
  stream& next() { return *next_; }

  template <class MutableBuffers, class Token>
  auto async_read_some(const MutableBuffers& buffers, Token&& token) {
    using list = buffer_list<boost::asio::mutable_buffer>;
    return boost::asio::async_initiate<Token, signature>(start_read{next_}, token, list::from(buffers));
  }

  template <class ConstBuffers, class Token>
  auto async_write_some(const ConstBuffers& buffers, Token&& token) {
    using list = buffer_list<boost::asio::const_buffer>;
    return boost::asio::async_initiate<Token, signature>(start_write{next_}, token, list::from(buffers));
  }

 private:
  using signature = void(system_error_code, std::size_t);

  // Classes and not lambdas: Beast and Asio ask an initiation for its executor.
  struct start_read {
    stream* next;
    using executor_type = executor;
    executor_type get_executor() const { return next->get_executor(); }
    template <class Handler>
    void operator()(Handler&& handler, const buffer_list<boost::asio::mutable_buffer>& buffers) const {
      next->async_read_some(buffers.span(), io_handler(std::forward<Handler>(handler)));
    }
  };
  struct start_write {
    stream* next;
    using executor_type = executor;
    executor_type get_executor() const { return next->get_executor(); }
    template <class Handler>
    void operator()(Handler&& handler, const buffer_list<boost::asio::const_buffer>& buffers) const {
      next->async_write_some(buffers.span(), io_handler(std::forward<Handler>(handler)));
    }
  };

  stream* next_;
};

}  // namespace epicenter::runtime
