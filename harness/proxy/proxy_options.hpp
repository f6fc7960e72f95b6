// What the operator of a proxy decides.
#pragma once

#include <cstddef>
#include <epicenter/base/time.hpp>

#include "harness/proxy/upstream_guard.hpp"

namespace epicenter::proxy {

struct proxy_options {
  std::size_t buffer_bytes = 64 * 1024;  ///< bound of what one direction of a connection holds
  std::size_t max_connections = 20'000;  ///< a route and loop; beyond it connections wait in the backlog
  duration connect_timeout = 5s;         ///< to the upstream
  duration handshake_timeout = 10s;      ///< TLS, with the client
  std::size_t max_taken_bytes = 4 * 1024 * 1024;  ///< a response that a fault wants to see whole
  upstream_guard upstreams = upstream_guard();
  bool unseen = true;  ///< connections that no fault looks at are relayed by the kernel where it can
};

}  // namespace epicenter::proxy
