// Where a proxy may relay to: a fault that runs loose must not reach a hospital.
#pragma once

#include <epicenter/runtime/endpoint.hpp>
#include <set>

namespace epicenter::proxy {

/// Loopback, Unix sockets, and the private ranges (RFC 1918, RFC 4193, RFC 3927 and RFC 4291 link-local), and
/// what was allowed besides: host names and address literals as they are written, or "*" for all.
class upstream_guard {
 public:
  explicit upstream_guard(std::set<std::string> allowed = {}) : allowed_(std::move(allowed)) {}

  /// Whether a route may name this. A name that was not allowed may still turn out to be an address that is:
  /// reached() decides then.
  bool may_name(const runtime::endpoint&) const;
  /// Whether a connection that was made for `named` may be used, by the address that it reached.
  bool reached(const runtime::endpoint& named, const runtime::endpoint& address) const;

 private:
  bool is_allowed(const std::string& host) const;
  std::set<std::string> allowed_;
};

}  // namespace epicenter::proxy
