#include "harness/engine/subject.hpp"

namespace epicenter::engine {
namespace {

void apply(const scenario::breaker_overrides& o, resilience::breaker_options& b) {
  const auto count = [](std::int64_t n) { return static_cast<std::uint32_t>(n); };
  if (o.window) b.window = *o.window;
  if (o.min_calls) b.min_calls = count(*o.min_calls);
  if (o.error_rate) b.failure_rate = *o.error_rate;
  if (o.consecutive) b.consecutive = count(*o.consecutive);
  if (o.open_wait) {
    b.open_base = *o.open_wait;
    b.open_max = std::max(b.open_max, b.open_base);
  }
  if (o.max_open_wait) b.open_max = *o.max_open_wait;
  if (o.probes) b.probe_concurrency = count(*o.probes);
  if (o.successes) b.probe_successes = count(*o.successes);
  if (o.failures) b.probe_failures = count(*o.failures);
}

std::string_view profile_word(scenario::adapter_profile p) {
  switch (p) {
    case scenario::adapter_profile::interactive:
      return "interactive";
    case scenario::adapter_profile::bulk:
      return "bulk";
    case scenario::adapter_profile::runbook:
      return "runbook";
  }
  return "interactive";
}

}  // namespace

resilience::profile adapter_profile(const scenario::adapter_spec& spec) {
  auto profile = *resilience::profile_named(profile_word(spec.profile));
  const auto& o = spec.overrides;
  if (o.deadline) profile.deadline = *o.deadline;
  if (o.connect_timeout) profile.connect_timeout = *o.connect_timeout;
  for (const auto c : resilience::all_endpoint_classes) {
    if (o.attempt_timeout) profile.set_attempt_timeout(c, *o.attempt_timeout);
    for (const auto key : {std::string_view("all"), name_of(c)}) {
      const auto it = o.breaker.find(std::string(key));
      if (it != o.breaker.end()) apply(it->second, profile[c].breaker);
    }
  }
  return profile;
}

}  // namespace epicenter::engine
