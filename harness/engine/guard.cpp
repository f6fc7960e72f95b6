#include "harness/engine/guard.hpp"

#include <algorithm>
#include <epicenter/runtime/endpoint.hpp>

#include "harness/engine/error.hpp"
#include "harness/scenario/plan.hpp"

namespace epicenter::engine {

bool host_allowed(const std::vector<std::string>& allowed, const std::string& host) {
  return std::any_of(allowed.begin(), allowed.end(), [&](const std::string& name) {
    return name == host || (runtime::is_loopback({name, 0, {}}) && runtime::is_loopback({host, 0, {}}));
  });
}

result<> check_blast_radius(const scenario::scenario& s, const std::vector<std::string>& hosts) {
  for (const auto& host : hosts) {
    if (!host_allowed(s.blast_radius.allow_hosts, host)) {
      return fail(errc::outside_blast_radius, "host " + host + " is not in blast_radius.allow_hosts");
    }
  }
  std::string reasons;
  for (const auto& refusal : scenario::make_plan(s).refusals) {
    reasons.append(reasons.empty() ? "" : "; ").append(refusal);
  }
  if (!reasons.empty()) return fail(errc::outside_blast_radius, reasons);
  return {};
}

}  // namespace epicenter::engine
