#include <epicenter/resilience/profile.hpp>

namespace epicenter::resilience {
namespace {

// Rate rules off; three failures in a row open; one probe decides.
breaker_options consecutive_breaker(duration base, duration most) {
  breaker_options b;
  b.failure_rate = share{0};
  b.slow_rate = share{0};
  b.slow_after = duration::max();
  b.consecutive = 3;
  b.open_base = base;
  b.open_max = most;
  b.probe_concurrency = b.probe_successes = b.probe_failures = 1;
  return b;
}

breaker_options write_breaker() {
  breaker_options b;
  b.window = 60s;
  b.min_calls = 10;
  b.slow_rate = share{0};
  b.slow_after = duration::max();
  b.consecutive = 5;
  b.open_base = 10s;
  b.open_max = 120s;
  b.probe_concurrency = 1;
  b.probe_successes = 2;
  b.probe_failures = 1;
  return b;
}

breaker_options runbook_breaker() {
  breaker_options b;
  b.window = 30s;
  b.min_calls = 20;
  b.failure_rate = share{100'000};
  b.failure_rate_exclusive = true;
  b.slow_rate = share{0};
  b.slow_after = duration::max();
  b.consecutive = 0;
  b.open_base = b.open_max = 60s;
  b.growth_percent = 100;
  b.jitter = share{0};
  b.probe_concurrency = b.probe_successes = b.probe_failures = 1;
  return b;
}

breaker_options default_breaker(endpoint_class c) {
  switch (c) {
    case endpoint_class::read:
    case endpoint_class::search:
      return breaker_options{};
    case endpoint_class::write:
      return write_breaker();
    case endpoint_class::bulk:
      return consecutive_breaker(30s, 300s);
    case endpoint_class::token:
    case endpoint_class::metadata:  // like the token: few calls, each of which matters
      break;
  }
  return consecutive_breaker(5s, 60s);
}

duration default_attempt_timeout(endpoint_class c) {
  switch (c) {
    case endpoint_class::write:
      return 8s;
    case endpoint_class::bulk:
      return 30s;
    default:
      return 5s;
  }
}

std::size_t default_limit(endpoint_class c) {
  switch (c) {
    case endpoint_class::read:
    case endpoint_class::write:
      return 64;
    case endpoint_class::search:
      return 256;
    default:
      return 4;
  }
}

profile base_profile(std::string name) {
  profile p;
  p.name = std::move(name);
  for (const endpoint_class c : all_endpoint_classes) {
    p[c].bulkhead.limit = p[c].bulkhead.queue_limit = default_limit(c);
  }
  return p;
}

void set_breaker(profile& p, endpoint_class c, breaker_options options, duration attempt_timeout) {
  options.name = name_of(c);
  options.cls = c;
  p[c].breaker = std::move(options);
  p.set_attempt_timeout(c, attempt_timeout);
}

}  // namespace

void profile::set_attempt_timeout(endpoint_class c, duration timeout) {
  (*this)[c].attempt_timeout = timeout;
  (*this)[c].breaker.attempt_timeout = timeout;
}

profile interactive_profile() {
  profile p = base_profile("interactive");
  for (const endpoint_class c : all_endpoint_classes)
    set_breaker(p, c, default_breaker(c), default_attempt_timeout(c));
  return p;
}

profile bulk_profile() {
  profile p = base_profile("bulk");
  p.deadline = 15min;
  p.connect_timeout = 5s;
  p.retry.max_retry_after = 15min;
  for (const endpoint_class c : all_endpoint_classes) {
    set_breaker(p, c, consecutive_breaker(30s, 300s), 30s);
    p[c].hedge.enabled = false;
  }
  return p;
}

profile runbook_profile() {
  profile p = base_profile("runbook");
  for (const endpoint_class c : all_endpoint_classes)
    set_breaker(p, c, runbook_breaker(), default_attempt_timeout(c));
  return p;
}

std::optional<profile> profile_named(std::string_view name) {
  if (name == "interactive") return interactive_profile();
  if (name == "bulk") return bulk_profile();
  if (name == "runbook") return runbook_profile();
  return std::nullopt;
}

}  // namespace epicenter::resilience
