#include "harness/proxy/toxiproxy/registry.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "harness/proxy/toxiproxy/address.hpp"

namespace epicenter::proxy::toxiproxy {

registry::registry(runtime::runtime& rt, fleet& f) : runtime_(rt), fleet_(f) {}

runtime::task<> registry::refresh() {
  auto asking = fleet_.injector().status();
  const auto active = co_await std::move(asking);
  for (auto it = notes_.begin(); it != notes_.end();) {
    const auto there = fleet_.find(it->first);
    if (there && there->enabled) it->second.listen = {};  // the address it got has taken its place
    it = there ? std::next(it) : notes_.erase(it);
  }
  if (!active) co_return;
  std::set<std::string_view> ids;
  for (const auto& s : *active) ids.insert(s.id);
  for (auto& [name, known] : notes_)
    std::erase_if(known.toxics, [&ids](const toxic& t) { return !ids.contains(t.fault_id); });
}

std::string registry::shown_listen(const route& r) const {
  const auto it = notes_.find(r.name);
  const bool as_written = it != notes_.end() && !r.enabled && it->second.listen.means == r.listen;
  return as_written ? it->second.listen.text : r.listen.to_string();
}

std::string registry::shown_upstream(const route& r) const {
  const auto it = notes_.find(r.name);
  const bool as_written = it != notes_.end() && it->second.upstream.means == r.upstream;
  return as_written ? it->second.upstream.text : r.upstream.to_string();
}

json::object registry::view(const route& r) const {
  json::array list;
  const auto known = toxics(r.name);
  if (known) {
    for (const auto& t : *known) list.push_back(to_json(t));
  }
  json::object shown{{"name", r.name},
                     {"listen", shown_listen(r)},
                     {"upstream", shown_upstream(r)},
                     {"enabled", r.enabled},
                     {"toxics", std::move(list)}};
  const auto it = notes_.find(r.name);
  if (it != notes_.end() && it->second.lease != no_lease) shown.set("lease_ms", lease_ms(it->second.lease));
  return shown;
}

json::value registry::show_all() const {
  std::vector<json::object::member> all;
  for (const auto& r : fleet_.routes()) all.emplace_back(r.name, view(r));
  return json::object::from_unique(std::move(all));
}

outcome<json::value> registry::show(std::string_view proxy) const {
  const auto found = fleet_.find(proxy);
  if (!found) return refuse("proxy not found", 404);
  return json::value(view(*found));
}

void registry::note(const std::string& proxy, const proxy_input& p, const runtime::endpoint& listen) {
  auto& known = notes_[proxy];
  if (p.listen) known.listen = {listen, *p.listen};
  if (p.upstream) known.upstream = {upstream_address(*p.upstream), *p.upstream};
  set_lease(known, p.lease);
}

runtime::task<outcome<route>> registry::create_at(proxy_input p, runtime::endpoint listen, bool enabled) {
  route wanted;
  wanted.name = *p.name;
  wanted.listen = listen;
  wanted.upstream = upstream_address(*p.upstream);
  wanted.enabled = enabled;
  auto creating = fleet_.create(wanted);
  const auto made = co_await std::move(creating);
  if (!made) co_return refuse(fleet_failure(made.error(), listen));
  note(*p.name, p, listen);
  co_return *made;
}

runtime::task<outcome<json::value>> registry::create(proxy_input p) {
  if (p.name.value_or("").empty()) co_return refuse("missing required field: name");
  if (p.upstream.value_or("").empty()) co_return refuse("missing required field: upstream");
  if (fleet_.find(*p.name)) co_return refuse("proxy already exists", 409);
  if (!p.listen) p.listen.emplace();
  const auto listen = listen_address(*p.listen);
  if (!listen) co_return refuse("listen tcp: " + listen.error().text, listen.error().status);
  auto creating = create_at(p, *listen, p.enabled.value_or(true));
  const auto made = co_await std::move(creating);
  if (!made) co_return refuse(made.error());
  co_return json::value(view(*made));
}

runtime::task<outcome<json::value>> registry::update(std::string proxy, proxy_input p) {
  const auto before = fleet_.find(proxy);
  if (!before) co_return refuse("proxy not found", 404);
  if (p.upstream && p.upstream->empty()) co_return refuse("missing required field: upstream");
  route_change wanted;
  runtime::endpoint listen = before->listen;
  if (p.listen && *p.listen != shown_listen(*before)) {
    const auto given = listen_address(*p.listen);
    if (!given) co_return refuse(given.error());
    listen = *given;
  }
  const auto upstream = p.upstream ? upstream_address(*p.upstream) : before->upstream;
  if (listen != before->listen) {
    wanted.listen = listen;
  } else {
    p.listen.reset();
  }
  if (upstream != before->upstream) wanted.upstream = upstream;
  if (p.enabled && *p.enabled != before->enabled) wanted.enabled = *p.enabled;
  note(proxy, p, listen);
  if (!wanted.listen && !wanted.upstream && !wanted.enabled) co_return json::value(view(*before));
  auto changing = fleet_.change(proxy, wanted);
  const auto changed = co_await std::move(changing);
  if (!changed) co_return refuse(fleet_failure(changed.error(), listen));
  co_return json::value(view(*changed));
}

runtime::task<outcome<>> registry::erase(std::string proxy) {
  auto erasing = fleet_.erase(proxy);
  const auto erased = co_await std::move(erasing);
  notes_.erase(proxy);
  if (!erased) co_return refuse(fleet_failure(erased.error(), {}));
  co_return outcome<>{};
}

runtime::task<outcome<>> registry::reset() {
  for (const auto& r : fleet_.routes()) {
    if (!r.enabled) {
      route_change start;
      start.enabled = true;
      auto starting = fleet_.change(r.name, start);
      const auto started = co_await std::move(starting);
      if (!started) co_return refuse(fleet_failure(started.error(), r.listen));
    }
    auto removing = remove_all(r.name);
    const auto removed = co_await std::move(removing);
    if (!removed) co_return refuse(removed.error());
  }
  co_return outcome<>{};
}

runtime::task<outcome<json::value>> registry::put(planned_proxy planned) {
  const std::string name = *planned.proxy.name;
  const bool enabled = planned.proxy.enabled.value_or(true);
  const bool created = !fleet_.find(name);
  bool starts_later = false;
  if (created) {
    starts_later = enabled && !planned.toxics.empty();
    auto creating = create_at(planned.proxy, planned.listen, enabled && !starts_later);
    const auto made = co_await std::move(creating);
    if (!made) co_return refuse(made.error());
  } else if (const auto before = *fleet_.find(name);
             (planned.listen != before.listen && *planned.proxy.listen != shown_listen(before)) ||
             upstream_address(*planned.proxy.upstream) != before.upstream) {
    starts_later = enabled;
    auto clearing = remove_all(name);
    const auto cleared = co_await std::move(clearing);
    if (!cleared) co_return refuse(cleared.error());
    route_change moved;
    moved.listen = planned.listen;
    moved.upstream = upstream_address(*planned.proxy.upstream);
    moved.enabled = false;
    auto moving = fleet_.change(name, moved);
    const auto done = co_await std::move(moving);
    if (!done) co_return refuse(fleet_failure(done.error(), planned.listen));
    note(name, planned.proxy, planned.listen);
  }
  auto placing = replace_toxics(name, planned.toxics);
  auto placed = co_await std::move(placing);
  if (placed && starts_later) {
    route_change start;
    start.enabled = true;
    auto starting = fleet_.change(name, start);
    const auto started = co_await std::move(starting);
    if (!started) placed = refuse(fleet_failure(started.error(), planned.listen));
  }
  if (!placed && created) {
    auto erasing = erase(name);
    co_await std::move(erasing);
  }
  if (!placed) co_return refuse(placed.error());
  co_return show(name);
}

}  // namespace epicenter::proxy::toxiproxy
