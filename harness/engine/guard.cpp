#include "harness/engine/guard.hpp"

#include <algorithm>
#include <epicenter/runtime/endpoint.hpp>

#include "harness/engine/error.hpp"

namespace epicenter::engine {
namespace {

/// a > b for rates, in integers.
bool exceeds(const rate& a, const rate& b) {
  return static_cast<double>(a.events) * static_cast<double>(b.period.count()) >
         static_cast<double>(b.events) * static_cast<double>(a.period.count());
}

duration length_of(const scenario::scenario& s) {
  duration total{};
  for (const auto& e : s.experiments) total += s.phases.baseline + e.during + s.phases.recovery;
  return total;
}

}  // namespace

bool host_allowed(const std::vector<std::string>& allowed, const std::string& host) {
  return std::any_of(allowed.begin(), allowed.end(), [&](const std::string& name) {
    return name == host || (runtime::is_loopback({name, 0, {}}) && runtime::is_loopback({host, 0, {}}));
  });
}

result<> check_blast_radius(const scenario::scenario& s, const std::vector<std::string>& hosts) {
  if (s.target.environment == scenario::environment_kind::production) {
    return fail(errc::outside_blast_radius, "environment is production: faults are never injected there");
  }
  for (const auto& host : hosts) {
    if (!host_allowed(s.blast_radius.allow_hosts, host)) {
      return fail(errc::outside_blast_radius, "host " + host + " is not in blast_radius.allow_hosts");
    }
  }
  for (const auto& e : s.experiments) {
    for (const auto& stage : e.load.stages) {
      if (exceeds(stage.arrivals, s.blast_radius.max_rate)) {
        return fail(errc::outside_blast_radius, "experiment " + e.name + " sends " + format_rate(stage.arrivals) +
                                                    ", blast_radius.max_rate is " +
                                                    format_rate(s.blast_radius.max_rate));
      }
    }
  }
  const auto length = length_of(s);
  if (length > s.blast_radius.max_run_time) {
    return fail(errc::outside_blast_radius, "the experiments take " + format_duration(length) +
                                                ", blast_radius.max_run_time is " +
                                                format_duration(s.blast_radius.max_run_time));
  }
  return {};
}

}  // namespace epicenter::engine
