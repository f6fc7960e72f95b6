// Toxiproxy's control API over a fleet of proxies: every client of Toxiproxy works against it unchanged.
#pragma once

#include <epicenter/http/message.hpp>
#include <memory>

#include "harness/proxy/fleet.hpp"
#include "harness/proxy/toxiproxy/populate.hpp"

namespace epicenter::proxy::toxiproxy {

/// Differences from the original, all deliberate: toxics in a populate are applied; populate([]) answers [];
/// slicer without an average_size is a 400; there is no "Logger"; an address without a host is loopback;
/// lease_ms on a proxy or toxic, renewed by calls that name it and by POST /leases/renew; a body is applied
/// whole or not at all.
class toxiproxy_api {
 public:
  toxiproxy_api(runtime::runtime&, fleet&);
  /// Await stop() first.
  ~toxiproxy_api();
  toxiproxy_api(const toxiproxy_api&) = delete;
  toxiproxy_api& operator=(const toxiproxy_api&) = delete;

  /// True for a path that this API has.
  static bool owns(std::string_view path);
  /// Answers any request; what it does not own with the original's 404. The request outlives the task.
  runtime::task<http::response> answer(const http::request&);
  /// What POST /populate does with this body.
  runtime::task<populated> populate(std::string body);
  /// Lets no lease end any more.
  runtime::task<> stop();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace epicenter::proxy::toxiproxy
