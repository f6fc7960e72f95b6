// A rig without network: injectors that do as they are told, so that the engine's handling of faults can be
// tested alone.
#pragma once

#include <map>
#include <string>

#include "harness/engine/error.hpp"
#include "harness/engine/rig.hpp"

namespace epicenter::engine {

/// Keeps leases as proxy and mock do: a fault that is not renewed in time is gone.
class fake_injector final : public faults::injector {
 public:
  explicit fake_injector(runtime::runtime& rt) : runtime_(rt) {}

  runtime::task<result<>> apply(faults::fault_spec spec) override {
    if (refuses_to_apply) co_return fail(errc::environment, "the fake applies nothing");
    ++applied;
    const std::string id = spec.id;
    active_[id] = {spec, runtime_.now() + spec.lease};
    co_return result<>{};
  }

  runtime::task<result<>> renew(std::string id, duration longer) override {
    ++renewed;
    forget_ended();
    const auto it = active_.find(id);
    if (forgets_leases || it == active_.end()) co_return fail(errc::environment, "no fault " + id);
    it->second.ends = runtime_.now() + longer;
    co_return result<>{};
  }

  runtime::task<result<faults::fault_status>> remove(std::string id) override {
    ++removed;
    faults::fault_status last;
    last.id = id;
    last.touched = 5;
    last.injected = 3;
    last.skipped = 2;
    if (refuses_to_remove > 0) {
      --refuses_to_remove;
      co_return fail(errc::environment, "the fake removes nothing");
    }
    active_.erase(id);
    co_return last;
  }

  runtime::task<result<std::vector<faults::fault_status>>> status() override {
    if (unreachable) co_return fail(errc::environment, "nobody answers");
    co_return listed();
  }

  /// What is injected now.
  std::vector<faults::fault_status> listed() {
    forget_ended();
    std::vector<faults::fault_status> all;
    for (const auto& [id, one] : active_) {
      faults::fault_status s;
      s.id = id;
      s.type = one.spec.type;
      s.lease_left = one.ends - runtime_.now();
      all.push_back(std::move(s));
    }
    return all;
  }

  /// What was applied under that id and is injected now, or nullptr.
  const faults::fault_spec* find(const std::string& id) {
    forget_ended();
    const auto it = active_.find(id);
    return it == active_.end() ? nullptr : &it->second.spec;
  }

  bool refuses_to_apply = false;
  bool forgets_leases = false;
  bool unreachable = false;
  int refuses_to_remove = 0;  ///< so many calls of remove() fail
  int applied = 0;
  int renewed = 0;
  int removed = 0;

 private:
  struct held {
    faults::fault_spec spec;
    instant ends{};
  };

  void forget_ended() {
    std::erase_if(active_, [now = runtime_.now()](const auto& one) { return one.second.ends <= now; });
  }

  runtime::runtime& runtime_;
  std::map<std::string, held> active_;
};

class fake_rig final : public rig {
 public:
  explicit fake_rig(runtime::runtime& rt) : proxy(rt), mock(rt) {}

  http::url fhir_base() const override { return {}; }
  http::url token_url() const override { return {}; }
  faults::injector& proxy_faults() override { return proxy; }
  faults::injector& mock_levers() override { return mock; }
  runtime::task<result<std::vector<patient>>> patients() override { co_return std::vector<patient>{}; }
  runtime::task<result<epic_view>> view() override { co_return epic_view{}; }
  runtime::task<> stop() override { co_return; }

  fake_injector proxy;
  fake_injector mock;
};

}  // namespace epicenter::engine
