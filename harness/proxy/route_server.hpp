// One route: its listener, and the connections it accepted.
#pragma once

#include <map>

#include "harness/proxy/connection.hpp"

namespace epicenter::proxy {

/// Accepts as long as the link is not refused; listens again on the same port afterwards.
class route_server {
 public:
  route_server(connection_context, runtime::task_group&, route);
  route_server(const route_server&) = delete;
  route_server& operator=(const route_server&) = delete;

  /// Binds and starts to accept.
  result<> start();
  void stop();
  /// Carries out what the link's state has become. errc::not_listening where the port could not be bound
  /// again at once; it is tried on every 100 ms.
  result<> faults_changed();

  const proxy::route& route() const { return route_; }
  std::size_t connections() const { return connections_.size(); }

 private:
  runtime::task<> accept_all();
  runtime::task<bool> wait_until_open();
  void admit(runtime::stream_ptr);
  runtime::task<> serve(std::shared_ptr<connection>, std::uint64_t number);
  result<> listen_again();
  void reset_all();

  connection_context shared_;
  runtime::task_group& tasks_;
  proxy::route route_;
  std::shared_ptr<runtime::listener> listener_;
  std::map<std::uint64_t, std::shared_ptr<connection>> connections_;
  std::uint64_t last_number_ = 0;
  runtime::event changed_;
  active_fault_ptr reset_for_;  ///< whose outage has been carried out on the open connections
  bool stopped_ = false;
};

}  // namespace epicenter::proxy
