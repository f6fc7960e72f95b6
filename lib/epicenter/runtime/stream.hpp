// A connection's byte stream, whatever carries it: a TCP or Unix socket, TLS over one, or a pipe in virtual
// time.
#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <epicenter/runtime/endpoint.hpp>
#include <memory>
#include <span>

namespace epicenter::runtime {

using executor = boost::asio::any_io_executor;
using system_error_code = boost::system::error_code;
using io_handler = boost::asio::any_completion_handler<void(system_error_code, std::size_t)>;

/// One direction has at most one operation outstanding. Every operation honours its handler's cancellation
/// slot and completes by a post to its executor, never inline. Errors are those of runtime::to_system; end of
/// stream is boost::asio::error::eof. Destruction closes the stream and completes what is outstanding with
/// operation_aborted. Not thread-safe: used from its runtime's thread only.
class stream {
 public:
  virtual ~stream() = default;

  virtual executor get_executor() = 0;
  /// Reads at least one byte. The buffers' memory, not the span itself, must outlive the operation.
  virtual void async_read_some(std::span<const boost::asio::mutable_buffer>, io_handler) = 0;
  /// Writes at least one byte, gathering. The buffers' memory, not the span itself, must outlive the
  /// operation.
  virtual void async_write_some(std::span<const boost::asio::const_buffer>, io_handler) = 0;

  /// Writes what can be written without waiting, and returns how many bytes; 0 where nothing can, where an
  /// error is to be told (the next async_write_some tells it), or where the stream cannot do this. Not while
  /// a write is outstanding.
  virtual std::size_t try_write(std::span<const boost::asio::const_buffer>) { return 0; }

  /// Sends FIN: the peer reads the end of the stream after all that was written. Reading goes on.
  virtual void shutdown_write() = 0;
  /// Closes both sides in order (FIN). Outstanding operations complete with operation_aborted. Idempotent.
  virtual void close() = 0;
  /// Tears the connection down by a real RST: the peer's next operation fails with «connection reset».
  /// Idempotent.
  virtual void reset() = 0;

  /// True while nothing has arrived that was not read: no byte, no end of stream, no reset. A pooled
  /// connection that is not quiet must not be used for another request. Never blocks.
  virtual bool is_quiet() const = 0;

  virtual endpoint local_endpoint() const = 0;
  virtual endpoint remote_endpoint() const = 0;
};
using stream_ptr = std::unique_ptr<stream>;

using accept_handler = boost::asio::any_completion_handler<void(system_error_code, stream_ptr)>;

/// Accepts connections at one endpoint.
class listener {
 public:
  virtual ~listener() = default;
  virtual void async_accept(accept_handler) = 0;
  /// The address with the port that was chosen.
  virtual endpoint local_endpoint() const = 0;
  /// Stops listening; connections that wait to be accepted are reset. Idempotent.
  virtual void close() = 0;
};
using listener_ptr = std::unique_ptr<listener>;

}  // namespace epicenter::runtime
