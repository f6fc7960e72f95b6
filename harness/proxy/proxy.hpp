// The fault proxy: relays bytes, understands HTTP/1.1 where a fault needs it, and carries faults out.
#pragma once

#include <epicenter/runtime/runtime.hpp>
#include <memory>

#include "harness/proxy/fleet.hpp"

namespace epicenter::proxy {

enum class errc {
  unknown_fault = 1,  ///< no fault of that type
  bad_parameter,      ///< a parameter is missing, unknown or out of range
  fault_exists,       ///< a fault of that id is active
  fault_not_found,    ///< no fault of that id is active
  proxy_exists,       ///< a proxy of that name is there
  proxy_not_found,    ///< no proxy of that name
  too_many_faults,    ///< the bound on faults active at once is reached
  not_listening,      ///< a refused listener could not be opened again yet; it is tried on
  not_loopback,       ///< the control API binds loopback only
  control_failed,     ///< over HTTP: no answer, or one that is not the control API's
};
std::error_code make_error_code(errc);

struct proxy_options {
  std::size_t buffer_bytes = 64 * 1024;  ///< bound of what one direction of a connection holds
  std::size_t max_connections = 10'000;  ///< beyond it connections wait in the listener's backlog
  duration connect_timeout = 5s;         ///< to the upstream
};

/// Relays for any number of routes; faults apply to all of them, to connections open already as to new ones.
class fault_proxy {
 public:
  fault_proxy(runtime::runtime&, proxy_options);
  /// stop() must have ended before.
  ~fault_proxy();
  fault_proxy(const fault_proxy&) = delete;
  fault_proxy& operator=(const fault_proxy&) = delete;

  /// Starts a route; returns it with the port that was chosen.
  result<route> add(route);
  std::vector<route> routes() const;
  /// Requests received and not answered yet, over all routes.
  std::size_t in_flight() const;
  std::size_t connections() const;
  /// The faults of this proxy, as the engine's injector drives them. Lives as long as the proxy.
  faults::injector& injector();
  /// Removes every fault at once. What they held flows on, what they refuse is accepted again.
  void clear_faults();
  runtime::task<> stop();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// The control API over HTTP on its own listener: GET/POST/DELETE /faults, PUT /faults/{id}/lease, GET
/// /proxies, DELETE /faults (clear), GET /health. Binds loopback only.
class control_api {
 public:
  control_api(runtime::runtime&, fault_proxy&);
  ~control_api();
  result<runtime::endpoint> listen(runtime::endpoint);
  runtime::task<> stop();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace epicenter::proxy

template <>
struct std::is_error_code_enum<epicenter::proxy::errc> : std::true_type {};
