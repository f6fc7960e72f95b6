#include "harness/proxy/route_server.hpp"

#include <vector>

namespace epicenter::proxy {

namespace {

constexpr duration retry_listening = 100ms;
/// Out of file descriptors, most likely: connections in work will give some back.
constexpr duration accept_pause = 10ms;

bool is(const error& e, runtime::errc code) {
  return e == runtime::make_error_code(code);
}

}  // namespace

route_server::route_server(connection_context shared, runtime::task_group& tasks, proxy::route r)
    : shared_(shared), tasks_(tasks), route_(std::move(r)), changed_(shared.rt) {}

result<> route_server::start() {
  auto bound = shared_.rt.listen(route_.listen);
  if (!bound) return fail(bound.error());
  listener_ = std::move(*bound);
  route_.listen = listener_->local_endpoint();
  tasks_.spawn("proxy " + route_.name, accept_all());
  return faults_changed();
}

void route_server::stop() {
  stopped_ = true;
  if (listener_) listener_->close();
  reset_all();
  changed_.notify_all();
}

void route_server::reset_all() {
  // A connection leaves the map in its own time, when its tasks have ended.
  const std::vector<std::pair<std::uint64_t, std::shared_ptr<connection>>> open(connections_.begin(),
                                                                                connections_.end());
  for (const auto& [number, c] : open) c->tear_down();
}

result<> route_server::faults_changed() {
  const auto& fault = shared_.board.state_fault();
  const bool refused = shared_.board.state() == link_state::refused;
  const bool cut = refused || shared_.board.state() == link_state::reset;
  if (fault && fault != reset_for_) {
    fault->touched += connections_.size();
    fault->injected += connections_.size();
    if (cut) reset_all();
  }
  reset_for_ = fault;
  result<> listening;
  if (refused && listener_) {
    listener_->close();
    listener_ = nullptr;
  } else if (!refused && !listener_ && !stopped_) {
    listening = listen_again();
  }
  for (const auto& [number, c] : connections_) c->faults_changed();
  changed_.notify_all();
  return listening;
}

result<> route_server::listen_again() {
  auto bound = shared_.rt.listen(route_.listen);
  if (!bound) {
    return fail(
        error(make_error_code(errc::not_listening), route_.listen.to_string()).caused_by(bound.error()));
  }
  listener_ = std::move(*bound);
  return {};
}

/// False where the route has been stopped.
runtime::task<bool> route_server::wait_until_open() {
  while (!stopped_) {
    const bool refused = shared_.board.state() == link_state::refused;
    const bool full = connections_.size() >= shared_.options.max_connections;
    if (!refused && !full && (listener_ || listen_again())) co_return true;
    instant until = runtime::never;
    if (!refused && !full) until = shared_.rt.now() + retry_listening;
    const auto woken = co_await changed_.wait(until);
    if (!woken && is(woken.error(), runtime::errc::cancelled)) co_return false;
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
    } else if (is(accepted.error(), runtime::errc::cancelled)) {
      co_return;
    } else if (from == listener_) {
      auto pausing = sleep_for(shared_.rt, accept_pause);
      co_await std::move(pausing);
    }
  }
}

void route_server::admit(runtime::stream_ptr client) {
  if (const auto& fault = shared_.board.state_fault()) {
    ++fault->touched;
    ++fault->injected;
    if (!shared_.board.held()) {
      client->reset();
      return;
    }
  }
  const auto number = ++last_number_;
  auto fresh = std::make_shared<connection>(shared_, std::move(client));
  connections_.emplace(number, fresh);
  tasks_.spawn("proxy connection", serve(std::move(fresh), number));
}

runtime::task<> route_server::serve(std::shared_ptr<connection> c, std::uint64_t number) {
  auto running = c->run(route_.upstream);
  co_await std::move(running);
  connections_.erase(number);
  if (connections_.size() + 1 == shared_.options.max_connections) changed_.notify_all();
}

}  // namespace epicenter::proxy
