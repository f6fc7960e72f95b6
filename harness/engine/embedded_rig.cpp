#include <epicenter/runtime/task.hpp>

#include "harness/engine/error.hpp"
#include "harness/engine/mock_injector.hpp"
#include "harness/engine/rig.hpp"
#include "harness/proxy/proxy.hpp"
#include "mock-epic/mock.hpp"

namespace epicenter::engine {
namespace {

mock::options mock_options(const rig_options& o) {
  mock::options m;
  m.profile =
      o.epic.profile == scenario::epic_profile::orders ? mock::profile::orders : mock::profile::strict;
  m.patients = static_cast<std::uint32_t>(o.epic.patients);
  m.seed = o.seed;
  m.token_lifetime = o.epic.token_lifetime;
  m.clients.push_back({o.client_id, o.client_jwks});
  return m;
}

class embedded_rig final : public rig {
 public:
  embedded_rig(runtime::runtime& rt, const rig_options& o)
      : mock_(rt, mock_options(o)), proxy_(rt, {}), levers_(mock_.levers()) {}

  result<> listen() {
    const runtime::endpoint any_port{"127.0.0.1", 0, {}};
    auto mock_at = mock_.listen(any_port);
    if (!mock_at) return fail(error(errc::environment, "the mock cannot listen").caused_by(mock_at.error()));
    auto route = proxy_.add({"epic", any_port, *mock_at});
    if (!route) return fail(error(errc::environment, "the proxy cannot listen").caused_by(route.error()));
    front_.server = route->listen;
    return {};
  }

  http::url fhir_base() const override { return {front_, std::string(mock::fhir_path)}; }
  http::url token_url() const override { return {front_, std::string(mock::token_path)}; }
  faults::injector& proxy_faults() override { return proxy_.injector(); }
  faults::injector& mock_levers() override { return levers_; }

  runtime::task<result<std::vector<patient>>> patients() override {
    std::vector<patient> all;
    for (auto& p : mock_.patients()) all.push_back({std::move(p.patient), std::move(p.encounter)});
    co_return all;
  }

  runtime::task<result<epic_view>> view() override {
    epic_view v;
    for (const auto& c : mock_.journal().commits())
      if (c.what == mock::change_kind::created) v.commits.push_back({c.identifier, c.resource});
    v.patient_phrases = mock_.identifying_phrases();
    co_return v;
  }

  runtime::task<> stop() override {
    co_await proxy_.stop();
    co_await mock_.stop();
  }

 private:
  mock::mock_epic mock_;
  proxy::fault_proxy proxy_;
  mock_injector levers_;
  http::origin front_;
};

}  // namespace

runtime::task<result<std::unique_ptr<rig>>> make_embedded_rig(runtime::runtime& rt, rig_options o) {
  auto made = std::make_unique<embedded_rig>(rt, o);
  auto listening = made->listen();
  if (!listening) {
    co_await made->stop();
    co_return fail(std::move(listening.error()));
  }
  std::unique_ptr<rig> as_rig = std::move(made);
  co_return as_rig;
}

}  // namespace epicenter::engine
