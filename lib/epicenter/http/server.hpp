// An HTTP/1.1 server: keep-alive, pipelining (answers in order), chunked requests, 100-continue, HEAD.
#pragma once

#include <epicenter/http/error.hpp>
#include <epicenter/http/tls.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <functional>
#include <memory>

namespace epicenter::http {

/// One request that a server received, and the way to answer it.
class exchange {
 public:
  virtual ~exchange() = default;
  virtual const request& incoming() const = 0;
  /// When the last byte of the request had arrived.
  virtual instant received_at() const = 0;
  /// A number for each connection of a server, from 1.
  virtual std::uint64_t connection_id() const = 0;
  virtual runtime::endpoint peer() const = 0;
  /// Sends the response; completes when the transport has taken every byte. At most once.
  virtual runtime::task<result<>> respond(response) = 0;
  /// Begins a response whose length is not known yet: its head, and its body, where it has one, as the first
  /// chunk. Framed by chunks (RFC 9112, section 7.1) where the connection stays open, else by its close. To
  /// HEAD, and for statuses without a body, chunks are taken and not sent. In place of respond().
  virtual runtime::task<result<>> start_chunked(response head) = 0;
  /// Sends more of the body; completes when the transport has taken it. Empty: nothing is sent. Between
  /// chunks no time limit runs: that is the handler's to keep.
  virtual runtime::task<result<>> send_chunk(std::string) = 0;
  /// Ends the body. A handler that returns without it leaves a response that the client can tell is cut off.
  virtual runtime::task<result<>> end_chunked() = 0;
  /// Sends raw bytes in place of an HTTP response (faults), then closes the connection when the handler
  /// returns.
  virtual runtime::task<result<>> respond_raw(std::string bytes) = 0;
  /// Tears the connection down by a real RST.
  virtual void reset() = 0;
};

/// Answers one request. Returning without an answer closes the connection. Handlers of one connection run one
/// after the other, of different connections interleaved.
using handler = std::function<runtime::task<>(exchange&)>;

struct server_options {
  limits request_limits{64 * 1024, 16 * 1024 * 1024};
  std::size_t max_connections = 20'000;  ///< beyond it a connection is closed as soon as it is accepted
  duration header_timeout = 10s;         ///< from the first byte of a request to the end of its headers
  duration body_timeout = 30s;
  duration idle_timeout = 75s;  ///< between requests
  tls_context_ptr tls;          ///< empty: plain text
};

class server {
 public:
  server(runtime::runtime&, server_options, handler);
  /// Await stop() first: connections still alive then are closed, and reported as a failure of the run.
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// Starts to serve at the endpoint; returns it with the port that was chosen. May be called for several
  /// endpoints.
  result<runtime::endpoint> listen(runtime::endpoint);
  std::size_t connections() const;
  /// Stops listening, lets requests in work finish within the grace, then closes what is left.
  runtime::task<> stop(duration grace = 500ms);

 private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace epicenter::http
