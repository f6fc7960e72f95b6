#include "harness/proxy/route_server.hpp"

#include <vector>

namespace epicenter::proxy {

namespace {

/// Out of file descriptors, most likely: connections in work will give some back.
constexpr duration accept_pause = 10ms;

bool is(const error& e, runtime::errc code) {
  return e == runtime::make_error_code(code);
}

}  // namespace

route_server::route_server(runtime::runtime& rt, shared_state& all, proxy::route r)
    : runtime_(rt),
      all_(all),
      route_(std::move(r)),
      faults_(rt, route_.name, all.injections),
      changed_(rt),
      tasks_(rt) {
  tasks_.spawn("proxy " + route_.name, accept_all());
}

route_server::~route_server() = default;

void route_server::listen(runtime::listener_ptr fresh) {
  if (listener_) listener_->close();
  listener_ = std::move(fresh);
  changed_.notify_all();
}

void route_server::stop_listening() {
  if (!listener_) return;
  listener_->close();
  listener_ = nullptr;
}

// A connection leaves the map in its own time, when its tasks have ended.
std::vector<std::shared_ptr<link>> route_server::open_links() const {
  std::vector<std::shared_ptr<link>> open;
  for (const auto& [number, l] : links_) open.push_back(l);
  return open;
}

void route_server::close_all() {
  for (const auto& l : open_links()) l->close_both();
}

runtime::task<> route_server::stop() {
  stopped_ = true;
  stop_listening();
  for (const auto& l : open_links()) l->tear_down();
  changed_.notify_all();
  tasks_.cancel();
  auto joining = tasks_.join();
  co_await std::move(joining);
}

void route_server::assign(const fault_list_ptr& all) {
  faults_.assign(all);
  const auto& fault = faults_.state_fault();
  const bool refused = faults_.state() == link_state::refused;
  const bool cut = refused || faults_.state() == link_state::reset;
  if (fault && fault != reset_for_) {
    fault->touched += links_.size();
    fault->injected += links_.size();
    if (cut) {
      for (const auto& l : open_links()) l->tear_down();
    }
  }
  reset_for_ = fault;
  if (refused) stop_listening();
  for (const auto& l : open_links()) l->faults_changed();
}

/// False where the route has been stopped.
runtime::task<bool> route_server::wait_until_open() {
  while (!stopped_) {
    if (listener_ && links_.size() < all_.options.max_connections) co_return true;
    const auto woken = co_await changed_.wait(runtime::never);
    if (!woken) co_return false;
  }
  co_return false;
}

runtime::task<> route_server::accept_all() {
  for (;;) {
    const bool open = co_await wait_until_open();
    if (!open) co_return;
    const auto from = listener_;
    auto accepting = accept(*from);
    auto accepted = co_await std::move(accepting);
    if (stopped_) co_return;
    if (accepted) {
      admit(std::move(*accepted));
    } else if (is(accepted.error(), runtime::errc::cancelled) && from == listener_) {
      co_return;
    } else if (from == listener_) {
      auto pausing = sleep_for(runtime_, accept_pause);
      co_await std::move(pausing);
    }
  }
}

void route_server::admit(runtime::stream_ptr client) {
  if (const auto& fault = faults_.state_fault()) {
    ++fault->touched;
    ++fault->injected;
    if (!faults_.held()) {
      client->reset();
      return;
    }
  }
  add_to(counters_->accepted, 1);
  const auto number = ++all_.last_connection;
  const link_context shared{runtime_, faults_, all_.options, *counters_, all_.recorder, route_};
  auto fresh = std::make_shared<link>(shared, number, std::move(client));
  links_.emplace(number, fresh);
  tasks_.spawn("proxy connection", serve(std::move(fresh), number));
}

runtime::task<> route_server::serve(std::shared_ptr<link> l, std::uint64_t number) {
  auto running = l->run();
  co_await std::move(running);
  links_.erase(number);
  add_to(counters_->closed, 1);
  if (links_.size() + 1 == all_.options.max_connections) changed_.notify_all();
}

}  // namespace epicenter::proxy
