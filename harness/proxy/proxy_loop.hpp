// What one loop has of every route.
#pragma once

#include <map>

#include "harness/proxy/route_server.hpp"

namespace epicenter::proxy {

/// Made before its loop runs; used on its thread from then on.
class proxy_loop {
 public:
  proxy_loop(runtime::runtime&, shared_state&);
  proxy_loop(const proxy_loop&) = delete;
  proxy_loop& operator=(const proxy_loop&) = delete;

  /// Its counters, which are read after it, too.
  std::shared_ptr<const link_counters> add(const route&, const fault_list_ptr&);
  void listen(const std::string& name, runtime::listener_ptr);
  void stop_listening(const std::string& name);
  /// New connections go by this; those that are open are closed.
  void change(const route&);
  void remove(const std::string& name);
  void assign(const fault_list_ptr&);
  /// Ends everything, then calls.
  void stop(std::function<void()> stopped);

 private:
  runtime::task<> keep_alive();
  runtime::task<> leave(std::unique_ptr<route_server>);
  runtime::task<> stop_all(std::function<void()> stopped);

  runtime::runtime& runtime_;
  shared_state& all_;
  std::map<std::string, std::unique_ptr<route_server>> servers_;
  runtime::event stopping_;
  runtime::task_group tasks_;
};

}  // namespace epicenter::proxy
