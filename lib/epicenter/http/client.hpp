// An HTTP/1.1 client with a keep-alive pool a origin.
#pragma once

#include <epicenter/http/body_sink.hpp>
#include <epicenter/http/egress_proxy.hpp>
#include <epicenter/http/error.hpp>
#include <epicenter/http/exchange_stop.hpp>
#include <epicenter/http/tls.hpp>
#include <epicenter/http/url.hpp>
#include <epicenter/runtime/runtime.hpp>

namespace epicenter::http {

struct client_options {
  std::size_t max_connections = 256;  ///< a origin; a request waits for a free one within its deadline
  duration connect_timeout = 2s;      ///< resolve, connect and handshake; through a proxy: handshake
  duration idle_timeout = 15s;        ///< shorter than servers keep an idle connection
  limits response_limits;
  tls_context_ptr tls = {};                ///< needed for https origins
  std::optional<egress_proxy> proxy = {};  ///< nothing: servers are connected to directly
};

using exchange_result = tl::expected<response, exchange_failure>;

/// Sends requests, never twice: what may be repeated is for the caller to decide. A connection that is not
/// quiet (the server closed or reset it meanwhile) is not taken from the pool, and one that carried a failure
/// does not go back.
class client {
 public:
  client(runtime::runtime&, client_options);
  ~client();
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  /// Adds Host, Content-Length and, where absent, User-Agent. Redirects are not followed. Cancelling the task
  /// gives errc::cancelled and closes the connection.
  /// Where the request's Accept-Encoding allows gzip, a body that comes so is replaced by its text, within
  /// the same limit (errc::too_large, malformed); nothing is decoded unasked.
  runtime::task<exchange_result> send(origin, request, instant deadline);
  /// The same; the body goes to the sink, up to max_body_bytes of it and of its text, and the answer has
  /// none. What the sink was given before a failure is the beginning of a body that never came whole.
  runtime::task<exchange_result> send(origin, request, instant deadline, body_sink&,
                                      std::size_t max_body_bytes);
  /// The first form without copies: origin and request stay as they are until the task has ended. `now` is
  /// what the caller has just read of the clock. The stop, where there is one, ends the exchange from outside
  /// of the task.
  runtime::task<exchange_result> send_lent(const origin&, const request&, instant now, instant deadline,
                                           exchange_stop* = nullptr);

  /// Connections open now, idle ones included.
  std::size_t connections() const;
  /// Closes idle connections, refuses new requests (errc::stopped) and waits for those in flight.
  runtime::task<> stop();

 private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace epicenter::http
