// A fleet without sockets: what it was told, and what it is to refuse.
#pragma once

#include <algorithm>
#include <map>
#include <set>

#include "harness/proxy/fleet.hpp"
#include "harness/proxy/proxy.hpp"

namespace epicenter::proxy::testing {

class fake_fleet final : public fleet, private faults::injector {
 public:
  explicit fake_fleet(runtime::runtime& rt) : runtime_(rt) {}

  std::set<std::string> taken;     ///< addresses that others listen at
  duration takes{};                ///< how long each change lasts
  std::vector<std::string> calls;  ///< "create web", "change web", …, "apply toxic.web.x.1"

  struct applied {
    faults::fault_spec spec;
    instant until;
  };
  std::vector<applied> faults;  ///< in the order they were applied

  const faults::fault_spec& fault(std::size_t i) {
    drop_expired();
    return faults.at(i).spec;
  }

  std::vector<route> routes() const override {
    std::vector<route> all;
    for (const auto& [name, r] : routes_) all.push_back(r);
    return all;
  }
  std::optional<route> find(std::string_view name) const override {
    const auto it = routes_.find(name);
    return it == routes_.end() ? std::nullopt : std::optional(it->second);
  }
  runtime::task<result<route>> create(route r) override {
    calls.push_back("create " + r.name);
    auto lasting = last();
    co_await std::move(lasting);
    if (routes_.contains(r.name)) co_return fail(errc::proxy_exists, r.name);
    if (auto listening = listen(r); !listening) co_return fail(listening.error());
    co_return routes_.insert_or_assign(r.name, r).first->second;
  }
  runtime::task<result<route>> change(std::string name, route_change c) override {
    calls.push_back("change " + name);
    const auto it = routes_.find(name);
    if (it == routes_.end()) co_return fail(errc::proxy_not_found, name);
    route& r = it->second;
    r.listen = c.listen.value_or(r.listen);
    r.upstream = c.upstream.value_or(r.upstream);
    r.enabled = c.enabled.value_or(r.enabled);
    if (auto listening = listen(r); !listening) {
      r.enabled = false;
      co_return fail(listening.error());
    }
    co_return r;
  }
  runtime::task<result<>> erase(std::string name) override {
    calls.push_back("erase " + name);
    if (routes_.erase(name) == 0) co_return fail(errc::proxy_not_found, name);
    std::erase_if(faults, [&name](const applied& f) { return f.spec.route == name; });
    co_return result<>{};
  }
  route_traffic traffic(std::string_view) const override { return {}; }
  faults::injector& injector() override { return *this; }
  runtime::task<result<>> replace(faults::fault_spec spec) override {
    calls.push_back("replace " + spec.id);
    drop_expired();
    const auto it = position(spec.id);
    if (it == faults.end()) co_return fail(errc::fault_not_found, spec.id);
    it->until = end_of(spec.lease);
    it->spec = std::move(spec);
    co_return result<>{};
  }

 private:
  runtime::task<> last() {
    if (takes == duration{}) co_return;
    auto sleeping = runtime::sleep_for(runtime_, takes);
    (void)co_await std::move(sleeping);
  }
  using list = std::vector<applied>;
  list::iterator position(std::string_view id) {
    return std::find_if(faults.begin(), faults.end(), [id](const applied& f) { return f.spec.id == id; });
  }
  instant end_of(duration lease) const { return lease == no_lease ? instant::max() : runtime_.now() + lease; }
  void drop_expired() {
    std::erase_if(faults, [this](const applied& f) { return f.until <= runtime_.now(); });
  }
  result<> listen(route& r) {
    if (!r.enabled) return {};
    for (const auto& [name, other] : routes_) {
      if (other.enabled && name != r.name && r.listen.port != 0 && other.listen == r.listen)
        return fail(runtime::errc::address_in_use, r.listen.to_string());
    }
    if (taken.contains(r.listen.to_string()))
      return fail(runtime::errc::address_in_use, r.listen.to_string());
    if (r.listen.host.ends_with(".invalid")) return fail(runtime::errc::name_not_found, r.listen.host);
    if (r.listen.port == 0) r.listen.port = next_port_++;
    return {};
  }

  runtime::task<result<>> apply(faults::fault_spec spec) override {
    calls.push_back("apply " + spec.id);
    auto lasting = last();
    co_await std::move(lasting);
    const instant until = end_of(spec.lease);
    faults.push_back({std::move(spec), until});
    co_return result<>{};
  }
  runtime::task<result<>> renew(std::string id, duration lease) override {
    calls.push_back("renew " + id);
    drop_expired();
    const auto it = position(id);
    if (it == faults.end()) co_return fail(errc::fault_not_found, id);
    it->until = end_of(lease);
    co_return result<>{};
  }
  runtime::task<result<faults::fault_status>> remove(std::string id) override {
    calls.push_back("remove " + id);
    auto lasting = last();
    co_await std::move(lasting);
    const auto it = position(id);
    if (it == faults.end()) co_return fail(errc::fault_not_found, id);
    faults::fault_status last;
    last.id = id;
    faults.erase(it);
    co_return last;
  }
  runtime::task<result<std::vector<faults::fault_status>>> status() override {
    drop_expired();
    std::vector<faults::fault_status> all;
    for (const auto& f : faults) {
      faults::fault_status s;
      s.id = f.spec.id;
      s.type = f.spec.type;
      all.push_back(std::move(s));
    }
    co_return all;
  }

  runtime::runtime& runtime_;
  std::map<std::string, route, std::less<>> routes_;
  std::uint16_t next_port_ = 20000;
};

}  // namespace epicenter::proxy::testing
