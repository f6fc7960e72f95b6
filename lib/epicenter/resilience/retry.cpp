#include <algorithm>
#include <epicenter/resilience/retry.hpp>

namespace epicenter::resilience {
namespace {

std::uint32_t attempts_of(const retry_options& o, retry_class cls) {
  switch (cls) {
    case retry_class::safe:
      return o.attempts_safe;
    case retry_class::idempotent:
      return o.attempts_idempotent;
    case retry_class::non_idempotent:
      break;
  }
  return o.attempts_non_idempotent;
}

// A definite answer, even a refusal, tells the fate of a write.
bool maybe_processed(const retry_input& in, repeatability nature) {
  if (in.cls == retry_class::safe || provably_not_processed(in.end)) return false;
  const bool unanswered = in.end.cancelled != cancellation::none || in.end.cut_by_caller_deadline ||
                          in.end.failure != transport_failure::none;
  return unanswered || nature == repeatability::transient || nature == repeatability::throttled;
}

bool met_its_own_effect(const retry_input& in) {
  if (in.attempt < 2 || in.cls != retry_class::idempotent) return false;
  if (in.end.not_sent || in.end.failure != transport_failure::none) return false;
  if (in.guard == repeat_guard::if_match) return in.end.status == 412;
  return in.guard == repeat_guard::deletion && (in.end.status == 404 || in.end.status == 410);
}

duration backoff(const retry_options& o, const retry_input& in, bool throttled, const random_source& random) {
  const duration base = throttled ? o.throttled_base : o.base;
  const duration cap = throttled ? o.throttled_cap : o.cap;
  if (o.shape == backoff_shape::decorrelated) {
    const duration previous = std::min(in.previous_delay, cap);
    return std::max(o.floor, std::min(cap, uniform(random, base, std::max(base, previous * 3))));
  }
  duration most = std::min(base, cap);
  for (std::uint32_t n = 1; n < in.attempt && most < cap; ++n) {
    if (most <= duration{0}) break;
    most = most > cap / 2 ? cap : most * 2;
  }
  return std::max(o.floor, uniform(random, duration{0}, most));
}

// Everything that forbids another attempt whatever its delay; none: go on.
stop_reason standing_stop(const retry_options& o, const retry_input& in, const retry_decision& so_far) {
  if (so_far.maybe_processed && in.cls == retry_class::non_idempotent) return stop_reason::outcome_unknown;
  if (in.no_retry) return stop_reason::nested;
  const bool unreadable = in.end.failure == transport_failure::protocol;
  const std::uint32_t most =
      std::min(attempts_of(o, in.cls), unreadable ? o.attempts_unreadable : UINT32_MAX);
  if (in.attempt >= most) return stop_reason::attempts_exhausted;
  if (in.breaker_open) return stop_reason::breaker_open;
  if (so_far.retry_after && *so_far.retry_after > o.max_retry_after) return stop_reason::retry_after_limit;
  return stop_reason::none;
}

retry_decision stop(retry_decision d, stop_reason reason) {
  d.action = retry_action::stop;
  d.reason = reason;
  return d;
}

}  // namespace

retry_decision decide_retry(const retry_options& o, const retry_input& in, const random_source& random) {
  const repeatability nature = repeatability_of(in.end, in.limits);
  retry_decision d;
  d.maybe_processed = maybe_processed(in, nature);
  d.retry_after = in.end.retry_after;
  d.throttled = nature == repeatability::throttled;
  const duration least = std::max(o.min_attempt, in.p50);

  if (met_its_own_effect(in)) return stop(d, stop_reason::resolve_by_reading);
  if (nature == repeatability::done) return stop(d, stop_reason::finished);
  if (nature == repeatability::permanent) return stop(d, stop_reason::permanent);
  if (nature == repeatability::unauthorized) {
    if (in.token_renewed) return stop(d, stop_reason::auth_denied);
    if (in.remaining < least) return stop(d, stop_reason::deadline);
    d.action = retry_action::retry_fresh_token;
    return d;
  }
  if (const stop_reason reason = standing_stop(o, in, d); reason != stop_reason::none) return stop(d, reason);

  d.delay = backoff(o, in, d.throttled, random);
  if (d.retry_after) {
    const duration asked = *d.retry_after;
    d.delay = std::max(d.delay, asked) + uniform(random, duration{0}, std::min<duration>(asked / 10, 1s));
  }
  // Never a shorter delay instead: it would only meet the same fault sooner.
  if (d.delay > in.remaining || in.remaining - d.delay < least) return stop(d, stop_reason::deadline);
  d.action = retry_action::retry;
  return d;
}

planned_retry plan_retry(const retry_options& o, const retry_input& in, const random_source& random,
                         retry_budget& budget, instant now) {
  planned_retry plan;
  plan.decision = decide_retry(o, in, random);
  if (plan.decision.action != retry_action::retry) return plan;
  std::optional<budget_token> token = budget.take(now, plan.decision.throttled);
  if (token) {
    plan.token = std::move(*token);
  } else {
    plan.decision = stop(plan.decision, stop_reason::budget_exhausted);
  }
  return plan;
}

}  // namespace epicenter::resilience
