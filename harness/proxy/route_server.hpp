// One route on one loop: its listener, and the connections it accepted.
#pragma once

#include <map>

#include "harness/proxy/link.hpp"

namespace epicenter::proxy {

/// Accepts as long as it has a listener, and no more connections at once than the proxy's bound.
class route_server {
 public:
  route_server(runtime::runtime&, shared_state&, route);
  /// Every connection has ended.
  ~route_server();
  route_server(const route_server&) = delete;
  route_server& operator=(const route_server&) = delete;

  /// Accepts from this listener from now on.
  void listen(runtime::listener_ptr);
  /// Nobody is accepted any more; open connections go on.
  void stop_listening();
  /// Closes every open connection, in order.
  void close_all();
  /// The addresses and all else that new connections go by.
  void change(const proxy::route& now) { route_ = now; }
  /// Carries out what the faults have become. Refused, it gives its listener up.
  void assign(const fault_list_ptr&);
  runtime::task<> stop();

  std::shared_ptr<const link_counters> counters() const { return counters_; }

 private:
  runtime::task<> accept_all();
  runtime::task<bool> wait_until_open();
  void admit(runtime::stream_ptr);
  runtime::task<> serve(std::shared_ptr<link>, std::uint64_t number);
  std::vector<std::shared_ptr<link>> open_links() const;

  runtime::runtime& runtime_;
  shared_state& all_;
  proxy::route route_;
  route_faults faults_;
  std::shared_ptr<link_counters> counters_ = std::make_shared<link_counters>();
  std::shared_ptr<runtime::listener> listener_;
  std::map<std::uint64_t, std::shared_ptr<link>> links_;
  runtime::event changed_;
  runtime::task_group tasks_;
  active_fault_ptr reset_for_;  ///< whose outage has been carried out on the open connections
  bool stopped_ = false;
};

}  // namespace epicenter::proxy
