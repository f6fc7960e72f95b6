#include "harness/proxy/proxy.hpp"

#include <algorithm>

#include "harness/proxy/route_server.hpp"

namespace epicenter::proxy {

namespace {

runtime::task<> keep_leases(runtime::runtime& rt, fault_board& board, runtime::event& changed,
                            const bool& stopped) {
  while (!stopped) {
    const auto woken = co_await changed.wait(board.next_expiry());
    if (!woken && woken.error() == runtime::make_error_code(runtime::errc::cancelled)) co_return;
    if (board.next_expiry() <= rt.now()) board.end_expired();
  }
}

}  // namespace

struct fault_proxy::impl final : faults::injector {
  impl(runtime::runtime& world, proxy_options o)
      : rt(world), options(o), board(world, [this] { faults_changed(); }), tasks(world), leases(world) {}

  void start() {
    if (std::exchange(started, true)) return;
    tasks.spawn("proxy leases", keep_leases(rt, board, leases, stopped));
  }

  void faults_changed() {
    last_change = {};
    for (const auto& r : routes) {
      auto one = r->faults_changed();
      if (!one) last_change = std::move(one);
    }
    leases.notify_all();
  }

  // The faults are applied when the caller gets to know: nothing here waits for anything.
  runtime::task<result<>> apply(faults::fault_spec spec) override {
    start();
    co_return board.apply(std::move(spec));
  }
  runtime::task<result<>> renew(std::string id, duration lease) override {
    auto renewed = board.renew(id, lease);
    leases.notify_all();
    co_return renewed;
  }
  runtime::task<result<faults::fault_status>> remove(std::string id) override {
    last_change = {};
    auto removed = board.remove(id);
    // A fault whose effect lasts is not removed.
    if (removed && !last_change) co_return fail(last_change.error());
    co_return removed;
  }
  runtime::task<result<std::vector<faults::fault_status>>> status() override {
    auto all = board.status();
    for (auto& s : all) {
      if (board.state_fault() && board.state_fault()->id == s.id && board.held()) s.active += connections();
    }
    co_return all;
  }

  std::size_t connections() const {
    std::size_t sum = 0;
    for (const auto& r : routes) sum += r->connections();
    return sum;
  }

  runtime::runtime& rt;
  proxy_options options;
  std::size_t in_flight = 0;
  fault_board board;
  std::vector<std::unique_ptr<route_server>> routes;
  runtime::task_group tasks;
  runtime::event leases;
  result<> last_change;
  bool started = false;
  bool stopped = false;
};

fault_proxy::fault_proxy(runtime::runtime& rt, proxy_options options)
    : impl_(std::make_unique<impl>(rt, options)) {}
fault_proxy::~fault_proxy() = default;

result<route> fault_proxy::add(route r) {
  const auto same = [&](const auto& other) { return other->route().name == r.name; };
  if (std::any_of(impl_->routes.begin(), impl_->routes.end(), same)) return fail(errc::proxy_exists, r.name);
  const connection_context shared{impl_->rt, impl_->board, impl_->options, impl_->in_flight};
  auto fresh = std::make_unique<route_server>(shared, impl_->tasks, std::move(r));
  if (auto started = fresh->start(); !started) return fail(started.error());
  impl_->start();
  impl_->routes.push_back(std::move(fresh));
  return impl_->routes.back()->route();
}

std::vector<route> fault_proxy::routes() const {
  std::vector<route> all;
  for (const auto& r : impl_->routes) all.push_back(r->route());
  return all;
}

std::size_t fault_proxy::in_flight() const {
  return impl_->in_flight;
}

std::size_t fault_proxy::connections() const {
  return impl_->connections();
}

faults::injector& fault_proxy::injector() {
  return *impl_;
}

void fault_proxy::clear_faults() {
  impl_->board.clear();
}

runtime::task<> fault_proxy::stop() {
  impl_->stopped = true;
  for (const auto& r : impl_->routes) r->stop();
  impl_->leases.notify_all();
  impl_->tasks.cancel();
  auto joining = impl_->tasks.join();
  co_await std::move(joining);
  impl_->board.clear();
}

}  // namespace epicenter::proxy
