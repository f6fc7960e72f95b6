#include "harness/proxy/proxy.hpp"

#include <algorithm>
#include <map>

#include "harness/proxy/proxy_loop.hpp"

namespace epicenter::proxy {

namespace {

constexpr duration retry_listening = 100ms;

/// One route as the control side knows it.
struct known_route {
  proxy::route route;
  bool listening = false;
  std::vector<std::shared_ptr<const link_counters>> counters;  ///< of each loop
};

}  // namespace

struct fault_proxy::impl final : faults::injector {
  impl(std::unique_ptr<crew> loops_of, proxy_options o, exchange_recorder* recorder)
      : loops(std::move(loops_of)),
        all{.options = o, .injections = {}, .last_connection = {0}, .recorder = recorder},
        board(loops->control()),
        tasks(loops->control()),
        changed(loops->control()) {
    for (std::size_t i = 0; i < loops->size(); ++i)
      parts.push_back(std::make_unique<proxy_loop>(loops->at(i), all));
  }

  void start() {
    if (std::exchange(started, true)) return;
    tasks.spawn("proxy leases", keep_leases());
  }

  runtime::task<> keep_leases() {
    while (!stopped) {
      instant until = board.next_expiry();
      if (retry) until = std::min(until, *retry);
      const auto woken = co_await changed.wait(until);
      if (!woken && woken.error() == runtime::make_error_code(runtime::errc::cancelled)) co_return;
      if (board.end_expired() || (retry && *retry <= loops->control().now())) (void)spread();
    }
  }

  /// Gives every loop the faults as they are now, and listens where that has become possible.
  result<> spread() {
    const auto list = board.faults();
    for (std::size_t i = 0; i < parts.size(); ++i)
      loops->post(i, [part = parts[i].get(), list] { part->assign(list); });
    retry.reset();
    result<> listening;
    for (auto& [name, known] : routes) {
      if (rule_for(*list, name).state == link_state::refused) known.listening = false;
      auto one = listen_if_wanted(known);
      if (!one) listening = std::move(one);
    }
    changed.notify_all();
    return listening;
  }

  /// Everything posted to the loops before has been done when this returns.
  runtime::task<> settle() {
    auto waiting = on_all(*loops, [](std::size_t) {});
    co_await std::move(waiting);
  }

  result<> listen_if_wanted(known_route& known) {
    const bool refused = rule_for(*board.faults(), known.route.name).state == link_state::refused;
    if (known.listening || !known.route.enabled || refused || stopped) return {};
    auto bound = loops->listen(known.route.listen);
    if (!bound) {
      retry = loops->control().now() + retry_listening;
      changed.notify_all();
      return fail(error(make_error_code(errc::not_listening), known.route.listen.to_string())
                      .caused_by(bound.error()));
    }
    hand_out(known, std::move(*bound));
    return {};
  }

  void hand_out(known_route& known, std::vector<runtime::listener_ptr> bound) {
    known.route.listen = bound.front()->local_endpoint();
    known.listening = true;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const auto one = std::make_shared<runtime::listener_ptr>(std::move(bound[i]));
      loops->post(
          i, [part = parts[i].get(), name = known.route.name, one] { part->listen(name, std::move(*one)); });
    }
  }

  result<proxy::route> add(proxy::route r) {
    if (routes.contains(r.name)) return fail(errc::proxy_exists, r.name);
    if (!all.options.upstreams.may_name(r.upstream))
      return fail(errc::upstream_refused, r.upstream.to_string());
    std::vector<runtime::listener_ptr> bound;
    if (r.enabled) {
      auto opened = loops->listen(r.listen);
      if (!opened) return fail(std::move(opened.error()));
      bound = std::move(*opened);
    }
    start();
    auto& known = routes[r.name];
    known.route = std::move(r);
    if (!bound.empty()) known.route.listen = bound.front()->local_endpoint();
    const auto list = board.faults();
    for (std::size_t i = 0; i < parts.size(); ++i) {
      loops->post(i, [this, part = parts[i].get(), fresh = known.route, list, i] {
        const auto made = part->add(fresh, list);
        loops->post_control([this, name = fresh.name, made, i] { know_counters(name, i, made); });
      });
    }
    if (bound.empty()) return known.route;
    if (rule_for(*list, known.route.name).state != link_state::refused) hand_out(known, std::move(bound));
    return known.route;
  }

  void know_counters(const std::string& name, std::size_t loop, std::shared_ptr<const link_counters> made) {
    const auto found = routes.find(name);
    if (found == routes.end()) return;
    found->second.counters.resize(parts.size());
    found->second.counters[loop] = std::move(made);
  }

  /// Closes the listener and every connection; new ones go by what the route is now.
  void close_route(known_route& known) {
    known.listening = false;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      loops->post(i, [part = parts[i].get(), now = known.route] {
        part->stop_listening(now.name);
        part->change(now);
      });
    }
  }

  runtime::task<result<proxy::route>> change(std::string name, route_change wanted) {
    const auto found = routes.find(name);
    if (found == routes.end()) co_return fail(errc::proxy_not_found, name);
    auto next = found->second.route;
    if (wanted.listen) next.listen = *wanted.listen;
    if (wanted.upstream && !all.options.upstreams.may_name(*wanted.upstream))
      co_return fail(errc::upstream_refused, wanted.upstream->to_string());
    if (wanted.upstream) next.upstream = *wanted.upstream;
    if (wanted.enabled) next.enabled = *wanted.enabled;
    const bool moved = next.listen.to_string() != found->second.route.listen.to_string() ||
                       next.upstream.to_string() != found->second.route.upstream.to_string();
    const bool ends = found->second.route.enabled && !next.enabled;
    found->second.route = next;
    if (moved || ends) {
      close_route(found->second);
      auto settling = settle();
      co_await std::move(settling);
    }
    const auto still = routes.find(name);
    if (still == routes.end()) co_return fail(errc::proxy_not_found, name);
    auto listening = listen_if_wanted(still->second);
    if (!listening) {
      still->second.route.enabled = false;
      retry.reset();
      auto why = listening.error().cause() != nullptr ? *listening.error().cause() : listening.error();
      co_return fail(std::move(why));
    }
    auto settled = settle();
    co_await std::move(settled);
    co_return still->second.route;
  }

  runtime::task<result<>> erase(std::string name) {
    if (routes.erase(name) == 0) co_return fail(errc::proxy_not_found, name);
    for (std::size_t i = 0; i < parts.size(); ++i)
      loops->post(i, [part = parts[i].get(), name] { part->remove(name); });
    if (board.clear_route(name)) (void)spread();
    auto settling = settle();
    co_await std::move(settling);
    co_return result<>{};
  }

  // ---- the injector

  runtime::task<result<>> apply(faults::fault_spec spec) override {
    start();
    auto applied = board.apply(std::move(spec));
    if (!applied) co_return applied;
    (void)spread();
    auto settling = settle();
    co_await std::move(settling);
    co_return applied;
  }
  runtime::task<result<>> renew(std::string id, duration lease) override {
    auto renewed = board.renew(id, lease);
    changed.notify_all();
    co_return renewed;
  }
  runtime::task<result<faults::fault_status>> remove(std::string id) override {
    const auto fault = board.at(id);
    auto removed = board.remove(id);
    if (!removed || !fault) co_return removed;
    auto listening = spread();
    auto settling = settle();
    co_await std::move(settling);
    // A fault whose effect lasts is not removed.
    if (!listening) co_return fail(listening.error());
    auto last = board.status_of(*fault);
    last.lease_left = duration::zero();
    co_return last;
  }
  runtime::task<result<>> replace(faults::fault_spec spec) {
    auto replaced = board.replace(std::move(spec));
    if (!replaced) co_return replaced;
    (void)spread();
    auto settling = settle();
    co_await std::move(settling);
    co_return replaced;
  }
  runtime::task<result<std::vector<faults::fault_status>>> status() override {
    auto found = board.status();
    for (auto& s : found) {
      for (const auto& [name, known] : routes) {
        const auto rule = rule_for(*board.faults(), name);
        if (rule.state == link_state::held && rule.by->id == s.id) s.active += open_of(known);
      }
    }
    co_return found;
  }

  // ---- figures

  static std::uint64_t sum(const known_route& known, std::uint64_t (*of)(const link_counters&)) {
    std::uint64_t total = 0;
    for (const auto& c : known.counters) total += c != nullptr ? of(*c) : 0;
    return total;
  }
  static std::uint64_t open_of(const known_route& known) {
    return sum(known, [](const link_counters& c) { return c.accepted - c.closed; });
  }

  runtime::task<> stop() {
    stopped = true;
    changed.notify_all();
    const auto left = std::make_shared<std::size_t>(parts.size());
    const auto done = std::make_shared<runtime::event>(loops->control());
    for (std::size_t i = 0; i < parts.size(); ++i) {
      loops->post(i, [this, i, left, done] {
        parts[i]->stop([this, left, done] {
          loops->post_control([left, done] {
            if (--*left == 0) done->notify_all();
          });
        });
      });
    }
    while (*left > 0) {
      const auto woken = co_await done->wait(runtime::never);
      if (!woken) break;
    }
    tasks.cancel();
    auto joining = tasks.join();
    co_await std::move(joining);
    board.clear();
  }

  std::unique_ptr<crew> loops;
  shared_state all;
  fault_board board;
  std::map<std::string, known_route, std::less<>> routes;
  std::vector<std::unique_ptr<proxy_loop>> parts;
  runtime::task_group tasks;
  runtime::event changed;
  std::optional<instant> retry;
  bool started = false;
  bool stopped = false;
};

fault_proxy::fault_proxy(runtime::runtime& rt, proxy_options options)
    : fault_proxy(make_solo_crew(rt), options) {}
fault_proxy::fault_proxy(std::unique_ptr<crew> loops, proxy_options options, exchange_recorder* recorder)
    : impl_(std::make_unique<impl>(std::move(loops), options, recorder)) {}
fault_proxy::~fault_proxy() = default;

result<route> fault_proxy::add(route r) {
  return impl_->add(std::move(r));
}

std::vector<route> fault_proxy::routes() const {
  std::vector<route> found;
  for (const auto& [name, known] : impl_->routes) found.push_back(known.route);
  return found;
}

std::optional<route> fault_proxy::find(std::string_view name) const {
  const auto found = impl_->routes.find(name);
  if (found == impl_->routes.end()) return std::nullopt;
  return found->second.route;
}

runtime::task<result<route>> fault_proxy::create(route r) {
  auto added = impl_->add(std::move(r));
  if (!added) co_return added;
  auto settling = impl_->settle();
  co_await std::move(settling);
  co_return added;
}

runtime::task<result<route>> fault_proxy::change(std::string name, route_change wanted) {
  return impl_->change(std::move(name), std::move(wanted));
}

runtime::task<result<>> fault_proxy::erase(std::string name) {
  return impl_->erase(std::move(name));
}

route_traffic fault_proxy::traffic(std::string_view name) const {
  route_traffic t;
  const auto found = impl_->routes.find(name);
  if (found == impl_->routes.end()) return t;
  for (const auto& c : found->second.counters) {
    if (c == nullptr) continue;
    t.accepted += c->accepted;
    t.open += c->accepted - c->closed;
    t.failed_dials += c->failed_dials;
    t.requests += c->requests;
    t.upstream_bytes += c->bytes.forward_written;
    t.downstream_bytes += c->bytes.backward_written;
    t.upstream_received += c->bytes.forward_read;
    t.downstream_received += c->bytes.backward_read;
  }
  return t;
}

faults::injector& fault_proxy::injector() {
  return *impl_;
}

runtime::task<result<>> fault_proxy::replace(faults::fault_spec spec) {
  return impl_->replace(std::move(spec));
}

void fault_proxy::clear_faults() {
  if (impl_->board.clear()) (void)impl_->spread();
}

std::vector<faults::fault_spec> fault_proxy::active_specs() const {
  std::vector<faults::fault_spec> specs;
  for (const auto& f : *impl_->board.faults()) specs.push_back(f->spec);
  return specs;
}

const injection_log& fault_proxy::injections() const {
  return impl_->all.injections;
}

std::size_t fault_proxy::in_flight() const {
  std::size_t total = 0;
  for (const auto& [name, known] : impl_->routes)
    total += impl::sum(known, [](const link_counters& c) { return c.in_flight.load(); });
  return total;
}

std::size_t fault_proxy::connections() const {
  std::size_t total = 0;
  for (const auto& [name, known] : impl_->routes) total += impl::open_of(known);
  return total;
}

runtime::task<> fault_proxy::stop() {
  return impl_->stop();
}

}  // namespace epicenter::proxy
