// One request and its response on a connection.
#pragma once

#include <epicenter/http/connection_pool.hpp>

namespace epicenter::http {

struct exchange_outcome {
  exchange_result answer;
  bool reusable = false;  ///< the connection can carry another exchange
};

/// Sends the head, already serialised, and the request's body, and reads the response. The connection's
/// watchdog has been set. With unsure_of_writes a write that failed counts as sent: TLS cannot tell what its
/// carrier took.
runtime::task<exchange_outcome> run_exchange(client_connection&, const std::string& head, const request&,
                                             bool unsure_of_writes);

}  // namespace epicenter::http
