// Finds the messages in a stream of HTTP/1.1 bytes without changing or copying the bytes: for proxies.
#pragma once

#include <epicenter/http/error.hpp>
#include <memory>

namespace epicenter::http {

/// Fed with the bytes of one direction of a connection, says where each message's head and body end.
/// Understands Content-Length, chunked, no-body statuses, HEAD and bodies that last to the end of the stream.
class framer {
 public:
  enum class direction { requests, responses };
  framer(direction, limits);
  ~framer();
  framer(framer&&) noexcept;
  framer& operator=(framer&&) noexcept;

  /// Consumes bytes up to the end of the current message at most and returns how many. errc::malformed and
  /// errc::too_large are final for the connection. The body without its transfer coding is appended to *body
  /// where one is given.
  result<std::size_t> feed(std::string_view bytes, std::string* body = nullptr);
  /// The stream has ended: completes a body that lasts to the end, else errc::truncated where a message had
  /// begun.
  result<> end_of_stream();

  bool idle() const;       ///< no byte of a message has been fed since the start or next()
  bool head_done() const;  ///< the head is complete and readable
  bool done() const;       ///< the message is complete; next() must be called before more is fed
  /// Method, target and fields of a request (body empty); valid from head_done() to next().
  const request& request_head() const;
  /// Status and fields of a response (body empty); valid from head_done() to next(). 1xx are messages of
  /// their own.
  const response& response_head() const;
  /// Bytes of the head with its empty line; valid as the head is.
  std::size_t head_bytes() const;
  /// True where the connection cannot carry another message after this one.
  bool closes_connection() const;
  /// True where the connection ceases to be HTTP (101, or 2xx to CONNECT).
  bool upgrades() const;
  /// Responses: tells the method of the next request that will be answered (HEAD and CONNECT have no body),
  /// in the order of the requests; may run ahead of the responses by max_expected.
  void expect_response_to(std::string_view method);
  void next();

  static constexpr std::size_t max_expected = 10'000;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace epicenter::http
