#include <epicenter/json/write.hpp>

#include "harness/engine/error.hpp"
#include "harness/engine/guard.hpp"
#include "harness/engine/remote_mock_injector.hpp"
#include "harness/engine/rig.hpp"
#include "harness/proxy/http_injector.hpp"
#include "mock-epic/mock.hpp"

namespace epicenter::engine {
namespace {

error unusable(const char* which, error why) {
  return error(errc::environment, std::string(which) + " cannot be used").caused_by(std::move(why));
}

class remote_rig final : public rig {
 public:
  remote_rig(runtime::runtime& rt, const http::url& proxy_api, http::url mock_admin)
      : proxy_(rt, proxy_api),
        admin_(rt, std::move(mock_admin)),
        levers_(admin_),
        faults_(rt, proxy_api.where) {}

  /// Brings both processes to the state an experiment begins with.
  runtime::task<result<>> prepare(const rig_options& o) {
    const json::object state{
        {"profile", o.epic.profile == scenario::epic_profile::orders ? "orders" : "strict"},
        {"patients", o.epic.patients},
        {"seed", o.seed},
        {"token_lifetime_ms", o.epic.token_lifetime / 1ms},
        {"open", false}};
    const json::object client{{"jwks", o.client_jwks}};
    const std::string client_path = "/site/clients/" + http::percent_encode(o.client_id);
    auto done = co_await admin_.ask("GET", "/health");
    if (done && done->string_at("status") != "healthy") done = fail(errc::environment, "it is not healthy");
    if (done) done = co_await admin_.ask("POST", "/site/reset", json::write(state));
    if (done) done = co_await admin_.ask("POST", "/reset");  // stubs of others would win over Epic
    if (done) done = co_await admin_.ask("DELETE", "/epic");
    if (done) done = co_await admin_.ask("PUT", client_path, json::write(client));
    if (!done) co_return fail(unusable("the mock Epic of --mock-admin", std::move(done.error())));
    done = co_await proxy_.ask("DELETE", "/faults");
    if (!done) co_return fail(unusable("the fault proxy of --proxy-api", std::move(done.error())));
    co_return co_await find_route(o.allow_hosts);
  }

  http::url fhir_base() const override { return {front_, std::string(mock::fhir_path)}; }
  http::url token_url() const override { return {front_, std::string(mock::token_path)}; }
  faults::injector& proxy_faults() override { return faults_; }
  faults::injector& mock_levers() override { return levers_; }

  runtime::task<result<std::vector<patient>>> patients() override {
    auto answer = co_await admin_.ask("GET", "/site/patients");
    if (!answer) co_return fail(std::move(answer.error()));
    std::vector<patient> all;
    const auto* list = answer->find("patients");
    if (list != nullptr && list->is_array()) {
      for (const auto& p : *list->if_array()) {
        patient one;
        one.id = std::string(p.string_at("patient"));
        one.encounter = std::string(p.string_at("encounter"));
        all.push_back(std::move(one));
      }
    }
    co_return all;
  }

  runtime::task<result<epic_view>> view() override {
    epic_view v;
    std::string after = "0";
    for (bool more = true; more;) {
      auto page = co_await admin_.ask("GET", "/site/journal?limit=10000&after=" + after);
      if (!page) co_return fail(std::move(page.error()));
      const auto* commits = page->find("commits");
      const auto* listed = page->find("entries");
      if (!commits || !commits->is_array() || !listed || !listed->is_array())
        co_return fail(errc::environment,
                       "what answers at --mock-admin is no mock Epic: its journal has no entries");
      for (const auto& c : *commits->if_array()) {
        if (c.string_at("what") != "created") continue;
        v.commits.push_back({std::string(c.string_at("identifier")), std::string(c.string_at("resource"))});
      }
      const auto& entries = *listed->if_array();
      more = !entries.empty();
      if (more) after = entries.back().find("seq")->if_number()->text;
    }
    auto identifying = co_await admin_.ask("GET", "/site/identifying-phrases");
    if (!identifying) co_return fail(std::move(identifying.error()));
    const auto* phrases = identifying->find("phrases");
    if (!phrases || !phrases->is_array())
      co_return fail(errc::environment, "what answers at --mock-admin is no mock Epic: it names no phrases");
    for (const auto& phrase : *phrases->if_array()) v.patient_phrases.push_back(*phrase.if_string());
    co_return v;
  }

  runtime::task<> stop() override {
    co_await faults_.stop();
    co_await proxy_.stop();
    co_await admin_.stop();
  }

 private:
  /// The route before this mock; the only one where none names the mock's address.
  runtime::task<result<>> find_route(const std::vector<std::string>& allow_hosts) {
    auto answer = co_await proxy_.ask("GET", "/traffic");
    if (!answer) co_return fail(std::move(answer.error()));
    const auto* routes = answer->find("proxies");
    const std::string mock_at = admin_.base().where.server.to_string();
    std::string listen;
    std::string upstream;
    if (routes != nullptr && routes->is_array()) {
      for (const auto& r : *routes->if_array()) {
        if (r.string_at("upstream") != mock_at && routes->if_array()->size() != 1) continue;
        listen = r.string_at("listen");
        upstream = r.string_at("upstream");
      }
    }
    if (listen.empty())
      co_return fail(errc::environment, "no route of the proxy leads to the mock at " + mock_at);
    auto at = runtime::parse_endpoint(listen);
    if (!at) co_return fail(std::move(at.error()));
    // A proxy that was started before another Epic must not carry the load there.
    auto behind = runtime::parse_endpoint(upstream);
    if (!behind) co_return fail(std::move(behind.error()));
    for (const auto* touched : {&*at, &*behind}) {
      if (touched->is_unix() || host_allowed(allow_hosts, touched->host)) continue;
      co_return fail(errc::outside_blast_radius,
                     "the proxy's host " + touched->host + " is not in blast_radius.allow_hosts");
    }
    front_.server = std::move(*at);
    co_return result<>{};
  }

  control_link proxy_;
  control_link admin_;
  remote_mock_injector levers_;
  proxy::http_injector faults_;
  http::origin front_;
};

}  // namespace

runtime::task<result<std::unique_ptr<rig>>> make_remote_rig(runtime::runtime& rt, rig_options o) {
  auto proxy_api = http::parse_url(o.proxy_api);
  if (!proxy_api)
    co_return fail(error(errc::environment, "--proxy-api").caused_by(std::move(proxy_api.error())));
  auto mock_admin = http::parse_url(o.mock_admin);
  if (!mock_admin)
    co_return fail(error(errc::environment, "--mock-admin").caused_by(std::move(mock_admin.error())));
  auto made = std::make_unique<remote_rig>(rt, *proxy_api, std::move(*mock_admin));
  auto ready = co_await made->prepare(o);
  if (!ready) {
    co_await made->stop();
    co_return fail(std::move(ready.error()));
  }
  std::unique_ptr<rig> as_rig = std::move(made);
  co_return as_rig;
}

}  // namespace epicenter::engine
