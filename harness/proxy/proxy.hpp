// The fault proxy: relays bytes, understands HTTP/1.1 where a fault needs it, and carries faults out.
#pragma once

#include <epicenter/base/secret.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <memory>

#include "harness/proxy/crew.hpp"
#include "harness/proxy/exchange_record.hpp"
#include "harness/proxy/fleet.hpp"
#include "harness/proxy/injection_log.hpp"
#include "harness/proxy/proxy_options.hpp"

namespace epicenter::proxy {

namespace toxiproxy {
class toxiproxy_api;
}

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
  upstream_refused,   ///< an upstream that is neither loopback nor private, and was not allowed
  control_failed,     ///< over HTTP: no answer, or one that is not the control API's
};
std::error_code make_error_code(errc);

/// Relays for any number of routes; faults apply to all of them (or to the one they name), to connections
/// that are open already as to new ones. Used on the control runtime's thread.
class fault_proxy final : public fleet {
 public:
  /// On one loop.
  explicit fault_proxy(runtime::runtime&, proxy_options = {});
  /// Before any of the loops runs. The recorder, if any, outlives the proxy.
  fault_proxy(std::unique_ptr<crew>, proxy_options, exchange_recorder* = nullptr);
  /// stop() must have ended before.
  ~fault_proxy() override;
  fault_proxy(const fault_proxy&) = delete;
  fault_proxy& operator=(const fault_proxy&) = delete;

  /// As create(), without waiting until every loop has taken it over.
  result<route> add(route);
  std::vector<route> routes() const override;
  std::optional<route> find(std::string_view name) const override;
  runtime::task<result<route>> create(route) override;
  runtime::task<result<route>> change(std::string name, route_change) override;
  runtime::task<result<>> erase(std::string name) override;
  route_traffic traffic(std::string_view name) const override;

  /// The faults of this proxy, as the engine's injector drives them. Lives as long as the proxy.
  faults::injector& injector() override;
  runtime::task<result<>> replace(faults::fault_spec) override;
  /// Removes every fault at once. What they held flows on, what they refuse is accepted again.
  void clear_faults();
  /// The specifications of the faults that are active, in the order of the chain.
  std::vector<faults::fault_spec> active_specs() const;
  const injection_log& injections() const;

  /// Requests received and not answered yet, over all routes, as far as the proxy looks at them.
  std::size_t in_flight() const;
  std::size_t connections() const;
  runtime::task<> stop();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// The control API over HTTP on its own listener: GET/POST/DELETE /faults, GET/DELETE /faults/{id}, PUT
/// /faults/{id}/lease, GET /injections, /traffic, /metrics, /health; all other paths are Toxiproxy's. Without
/// a token it binds loopback only; with one every request must bear it.
class control_api {
 public:
  control_api(runtime::runtime&, fault_proxy&, secret token = {});
  ~control_api();
  result<runtime::endpoint> listen(runtime::endpoint);
  /// Toxiproxy's half, for the config file.
  toxiproxy::toxiproxy_api& toxics();
  runtime::task<> stop();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace epicenter::proxy

template <>
struct std::is_error_code_enum<epicenter::proxy::errc> : std::true_type {};
