// The other end of an experiment: fault proxy and mock Epic, embedded or in processes of their own.
#pragma once

#include <epicenter/http/url.hpp>
#include <epicenter/json/value.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <memory>
#include <string>
#include <vector>

#include "harness/faults/injector.hpp"
#include "harness/scenario/model.hpp"
#include "harness/verdict/observations.hpp"

namespace epicenter::engine {

/// Whom operations may ask for.
struct patient {
  std::string id;
  std::string encounter;
};

/// What Epic has on file at the end, and what no log may hold.
struct epic_view {
  std::vector<verdict::write_committed> commits;
  std::uint64_t commits_missing = 0;
  std::vector<std::string> patient_phrases;
};

class rig {
 public:
  virtual ~rig() = default;
  /// As the adapter reaches them: through the proxy.
  virtual http::url fhir_base() const = 0;
  virtual http::url token_url() const = 0;
  /// Who carries out the faults of the proxy's layers, and who the mock's levers. On a control link no fault
  /// touches.
  virtual faults::injector& proxy_faults() = 0;
  virtual faults::injector& mock_levers() = 0;
  virtual runtime::task<result<std::vector<patient>>> patients() = 0;
  virtual runtime::task<result<epic_view>> view() = 0;
  virtual runtime::task<> stop() = 0;
};

struct rig_options {
  scenario::epic_spec epic;
  std::uint64_t seed = 1;
  std::string client_id;
  json::value client_jwks;
  std::string proxy_api;   ///< URL; empty: both are embedded
  std::string mock_admin;  ///< URL
  std::vector<std::string> allow_hosts;
};

/// A mock and a proxy of this experiment's own on the runtime, on free ports of the loopback interface.
runtime::task<result<std::unique_ptr<rig>>> make_embedded_rig(runtime::runtime&, rig_options);
/// Processes that run already: the mock is reset and given the client, the proxy's faults are cleared.
/// errc::environment where they cannot be reached, errc::outside_blast_radius where they are not on an
/// allowed host.
runtime::task<result<std::unique_ptr<rig>>> make_remote_rig(runtime::runtime&, rig_options);

}  // namespace epicenter::engine
