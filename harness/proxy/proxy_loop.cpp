#include "harness/proxy/proxy_loop.hpp"

namespace epicenter::proxy {

proxy_loop::proxy_loop(runtime::runtime& rt, shared_state& all)
    : runtime_(rt), all_(all), stopping_(rt), tasks_(rt) {
  tasks_.spawn("proxy loop", keep_alive());
}

/// A loop without a task would end.
runtime::task<> proxy_loop::keep_alive() {
  (void)co_await stopping_.wait(runtime::never);
}

std::shared_ptr<const link_counters> proxy_loop::add(const route& r, const fault_list_ptr& faults) {
  auto made = std::make_unique<route_server>(runtime_, all_, r);
  made->assign(faults);
  auto counters = made->counters();
  servers_[r.name] = std::move(made);
  return counters;
}

void proxy_loop::listen(const std::string& name, runtime::listener_ptr l) {
  const auto found = servers_.find(name);
  if (found != servers_.end()) found->second->listen(std::move(l));
}

void proxy_loop::stop_listening(const std::string& name) {
  const auto found = servers_.find(name);
  if (found != servers_.end()) found->second->stop_listening();
}

void proxy_loop::change(const route& r) {
  const auto found = servers_.find(r.name);
  if (found == servers_.end()) return;
  found->second->change(r);
  found->second->close_all();
}

void proxy_loop::remove(const std::string& name) {
  auto gone = servers_.extract(name);
  if (gone.empty()) return;
  gone.mapped()->stop_listening();
  gone.mapped()->close_all();
  tasks_.spawn("proxy leaving", leave(std::move(gone.mapped())));
}

runtime::task<> proxy_loop::leave(std::unique_ptr<route_server> gone) {
  auto stopping = gone->stop();
  co_await std::move(stopping);
}

void proxy_loop::assign(const fault_list_ptr& faults) {
  for (const auto& [name, server] : servers_) server->assign(faults);
}

void proxy_loop::stop(std::function<void()> stopped) {
  spawn(runtime_, "proxy stop", stop_all(std::move(stopped)));
}

runtime::task<> proxy_loop::stop_all(std::function<void()> stopped) {
  while (!servers_.empty()) {
    auto next = servers_.extract(servers_.begin());
    auto stopping = next.mapped()->stop();
    co_await std::move(stopping);
  }
  stopping_.notify_all();
  auto joining = tasks_.join();
  co_await std::move(joining);
  stopped();
}

}  // namespace epicenter::proxy
