// One request and its response on a connection.
#pragma once

#include <epicenter/http/body_sink.hpp>
#include <epicenter/http/connection_pool.hpp>

namespace epicenter::http {

struct exchange_outcome {
  exchange_result answer;
  bool reusable = false;  ///< the connection can carry another exchange
};

/// What becomes of the response's body.
struct body_plan {
  std::size_t max_collected;  ///< bytes that come with the answer
  body_sink* sink = nullptr;  ///< takes it where it wants it, up to max_streamed bytes
  std::size_t max_streamed = 0;
};

/// Sends the head, already serialised, and the request's body, and reads the response. The connection's
/// watchdog has been set. With unsure_of_writes a write that failed counts as sent: TLS cannot tell what its
/// carrier took.
runtime::task<exchange_outcome> run_exchange(client_connection&, const std::string& head, const request&,
                                             bool unsure_of_writes, body_plan);

}  // namespace epicenter::http
