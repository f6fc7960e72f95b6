// The proxies of one process as their control APIs see them: made, changed and removed at run time, and the
// faults that act on them.
#pragma once

#include <epicenter/runtime/runtime.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/faults/injector.hpp"
#include "harness/proxy/proxy_protocol.hpp"

namespace epicenter::proxy {

struct tls_ends;

/// One proxy: where it listens, and what it relays to.
struct route {
  std::string name;
  runtime::endpoint listen;                     ///< with the port that was chosen, once it listens
  runtime::endpoint upstream;                   ///< resolved at each dial
  bool enabled = true;                          ///< false: nobody listens, and open connections were closed
  std::optional<proxy_protocol> announce = {};  ///< tells the upstream on whose behalf a connection is
  std::shared_ptr<const tls_ends> tls =
      {};  ///< see handshakes.hpp; null: TLS passes through as any other bytes
};

/// What is to become different; what is absent stays.
struct route_change {
  std::optional<runtime::endpoint> listen, upstream;
  std::optional<bool> enabled;
};

/// The counters of one proxy. They move while connections are open.
struct route_traffic {
  std::uint64_t accepted = 0;        ///< connections so far
  std::uint64_t open = 0;            ///< connections now
  std::uint64_t failed_dials = 0;    ///< connections whose upstream could not be reached
  std::uint64_t requests = 0;        ///< HTTP requests where the proxy looked at them
  std::uint64_t upstream_bytes = 0;  ///< written to the upstream
  std::uint64_t downstream_bytes = 0;
  std::uint64_t upstream_received = 0;  ///< read from the client
  std::uint64_t downstream_received = 0;
};

/// A fault that ends only when it is removed.
inline constexpr duration no_lease = duration::max();

/// Used on the control runtime's thread. Every task returns when all that carry traffic have taken the change
/// over.
class fleet {
 public:
  virtual ~fleet() = default;

  /// In the order of their names.
  virtual std::vector<route> routes() const = 0;
  virtual std::optional<route> find(std::string_view name) const = 0;
  /// errc::proxy_exists; or why it cannot listen (runtime::errc::address_in_use, …): it is not added then.
  virtual runtime::task<result<route>> create(route) = 0;
  /// A changed address closes every open connection (FIN), as `enabled: false` does. errc::proxy_not_found;
  /// or why it cannot listen: the route is then disabled, with the new addresses.
  virtual runtime::task<result<route>> change(std::string name, route_change) = 0;
  /// Closes its connections (FIN). Faults that name it go with it. errc::proxy_not_found.
  virtual runtime::task<result<>> erase(std::string name) = 0;
  virtual route_traffic traffic(std::string_view name) const = 0;

  virtual faults::injector& injector() = 0;
  /// Changes a fault in place: it keeps its place in the chain and what it knows about connections, and draws
  /// anew which connections it hits. errc::fault_not_found.
  virtual runtime::task<result<>> replace(faults::fault_spec) = 0;
};

}  // namespace epicenter::proxy
