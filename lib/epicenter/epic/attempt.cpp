// The inner part of the pipeline: one attempt.
#include <algorithm>
#include <epicenter/epic/pipeline_state.hpp>

namespace epicenter::epic {
namespace {

// Only a token that Epic gave and then refused, or a client it refuses, is a matter of credentials: the rest
// is a token endpoint that does not answer.
failure_cause cause_of_missing_token(const error& why) {
  for (const error* e = &why; e != nullptr; e = e->cause()) {
    if (*e == make_error_code(smart::errc::refused)) return failure_cause::auth_denied;
    if (*e == make_error_code(smart::errc::timed_out)) return failure_cause::deadline;
    if (*e == make_error_code(smart::errc::unavailable)) return failure_cause::server_error;
    if (*e == make_error_code(smart::errc::cancelled)) return failure_cause::cancelled;
    if (*e == make_error_code(smart::errc::stopped)) return failure_cause::cancelled;
    if (*e == make_error_code(runtime::errc::timed_out)) return failure_cause::deadline;
    if (*e == make_error_code(errc::stopped)) return failure_cause::cancelled;
    if (*e == make_error_code(errc::circuit_open)) return failure_cause::circuit_open;
    if (*e == make_error_code(errc::overloaded)) return failure_cause::overloaded;
    if (*e == make_error_code(errc::deadline)) return failure_cause::deadline;
    if (*e == make_error_code(errc::unavailable)) return failure_cause::transport;
  }
  return failure_cause::protocol;
}

bool carries_token(call_purpose purpose) {
  return purpose == call_purpose::operation || purpose == call_purpose::reconcile;
}

std::uint64_t id_of(const smart::token_ptr& token) {
  return token ? token->id : 0;
}

}  // namespace

// The last step before the wire. Returns when the attempt must have ended.
instant pipeline::depart(const call& asked, trip& once, progress& so_far) {
  const admission& held = once.held;
  once.times.started = held.started;
  const resilience::deadline all(asked.deadline);
  once.times.limit =
      all.attempt(held.started, asked.sink == nullptr ? guard(asked.endpoint).profile().attempt_timeout
                                                      : all.remaining(held.started));
  const instant expiry = held.token ? held.token->expires_at : instant{};
  auto told = parts_.told.tell_and_return(
      held.started,
      events::call_started{std::move(once.id), asked.purpose, asked.endpoint, id_of(held.token), expiry});
  once.id = std::move(told.id);
  note_dispatch(so_far, held.started);
  return held.started + once.times.limit.timeout;
}

void pipeline::arrive(const call& asked, trip& once, progress& so_far, http::exchange_result&& exchanged,
                      attempt_report& into) {
  once.times.ended = runtime_.now();
  if (so_far.in_race != nullptr) so_far.in_race->leave();
  // The calendar is asked only where an answer needs it.
  if (exchanged && exchanged->fields.find("Retry-After") != nullptr) once.times.wall = runtime_.wall();
  report_attempt(asked, std::move(exchanged), once.times, into);
  if (into.sent) {
    so_far.sent = true;
    so_far.token.spend();
  }
  const auto verdict = judge(asked, once, so_far, into);
  note_end(asked, once, into, verdict);
}

// Tells everybody who learns from an attempt how it ended.
resilience::outcome pipeline::judge(const call& asked, trip& once, progress& so_far, attempt_report& report) {
  endpoint_guard& guarded = guard(asked.endpoint);
  const bool lost = so_far.lost && report.end.cancelled == resilience::cancellation::caller;
  if (lost) report.end.cancelled = resilience::cancellation::hedge_loser;
  const auto verdict = resilience::classify(report.end, guarded.profile().limits());
  guarded.complete(once.held.permit, bounded(verdict), report.ended);
  once.held.slot.release(report.ended);
  // A first try that lost to its hedge took at least so long: leaving it out would make the class look fast.
  const bool slow_loser = lost && so_far.in_race != nullptr;
  if (verdict.is_ok() || slow_loser) guarded.record_latency(report.ended, report.end.elapsed);
  return verdict;
}

// A server that asks for hours must not be able to shut a class off for hours: everybody waits so long at
// most. The call itself gives up where more was asked for.
resilience::outcome pipeline::bounded(resilience::outcome verdict) const {
  const duration most = options_.profile.retry.max_retry_after;
  if (verdict.retry_after() <= most) return verdict;
  if (verdict.is_throttled()) return resilience::outcome::throttled(most);
  return resilience::outcome::fail(verdict.failure(), verdict.slow(), most);
}

// The usual case: nothing is to be waited for. What was got this far stays in the admission.
bool pipeline::admit_at_once(const call& asked, admission& held, instant now) {
  endpoint_guard& guarded = guard(asked.endpoint);
  if (guarded.breaker().peek(now)) return false;
  held.slot = guarded.bulkhead().try_enter(now);
  if (!held.slot) return false;
  held.past_limiter = guarded.limiter().try_send(now);
  if (!held.past_limiter) return false;
  if (carries_token(asked.purpose)) {
    EPICENTER_CHECK(tokens_ != nullptr, "the pipeline was given no token manager");
    held.token = asked.with_token ? asked.with_token : tokens_->at_hand(now);
    if (!held.token) return false;
  }
  auto permitted = guarded.breaker().acquire(now);
  if (!permitted) {
    held.no_permit = permitted.error();
    return false;
  }
  held.permit = std::move(*permitted);
  return true;
}

// Goes on where that ended.
runtime::task<> pipeline::admit(const call& asked, admission& held, instant& now, attempt_report& report) {
  endpoint_guard& guarded = guard(asked.endpoint);
  if (!held.slot) {
    report.refused = co_await guarded.peek(now, asked.deadline);
    if (report.refused) co_return;
    auto entered = co_await guarded.enter(now, asked.deadline);
    if (!entered) {
      report.refused = std::move(entered.error());
      co_return;
    }
    held.slot = std::move(*entered);
    held.past_limiter = guarded.limiter().try_send(now);
  }
  if (!held.past_limiter) report.refused = co_await guarded.pass_limiter(now, asked.deadline);
  if (report.refused) co_return;
  if (carries_token(asked.purpose) && !held.token) report.refused = co_await token_for(asked, held, now);
  if (report.refused) co_return;
  if (!held.no_permit) {
    auto permitted = guarded.breaker().acquire(now);
    if (permitted) {
      held.permit = std::move(*permitted);
      co_return;
    }
    held.no_permit = permitted.error();
  }
  auto waited = co_await guarded.acquire_after(*held.no_permit, now, asked.deadline);
  if (waited) {
    held.permit = std::move(*waited);
  } else {
    report.refused = std::move(waited.error());
  }
}

runtime::task<std::optional<call_failure>> pipeline::token_for(const call& asked, admission& held,
                                                               instant& now) {
  if (asked.with_token) {
    held.token = asked.with_token;
    co_return std::nullopt;
  }
  auto token = co_await tokens_->get(asked.deadline);
  now = runtime_.now();
  if (token) {
    held.token = std::move(*token);
    co_return std::nullopt;
  }
  const auto cause = cause_of_missing_token(token.error());
  error why(make_error_code(to_errc(cause)), "no access token");
  co_return failed(cause, std::move(why).caused_by(std::move(token.error())));
}

// Of a write: its ledger row says that it is sent. That may take a while, in which the token can go stale.
runtime::task<> pipeline::record_send(const call& asked, trip& once, attempt_report& report) {
  auto recorded = co_await asked.hooks->before_send();
  if (!recorded) {
    report.refused = failed(failure_cause::ledger, std::move(recorded.error()));
  } else {
    once.held.started = runtime_.now();
    once.held.token = tokens_->at_hand(once.held.started);
    if (!once.held.token) report.refused = co_await token_for(asked, once.held, once.held.started);
  }
  const audit_trail::who by{asked.user, asked.patient};
  if (report.refused) parts_.audit.outcome(audited_call, once.subject, by, "not_sent");
}

// False where there is none, or no time left for it; the report says why.
bool pipeline::complete_message(call& asked, const trip& once, attempt_report& report) const {
  if (once.held.started >= asked.deadline) {
    parts_.audit.outcome(audited_call, once.subject, audit_trail::who{asked.user, asked.patient}, "not_sent");
    report.refused = failed(failure_cause::deadline, error(make_error_code(errc::deadline)));
    return false;
  }
  if (asked.fresh_message) {
    auto made = asked.fresh_message();
    if (!made) {
      parts_.audit.outcome(audited_call, once.subject, audit_trail::who{asked.user, asked.patient},
                           "not_sent");
      report.refused = failed(failure_cause::protocol, std::move(made.error()));
      return false;
    }
    asked.message = std::move(*made);
  }
  asked.message.fields.set("X-Request-Id", once.subject);
  if (once.held.token) {
    const auto& value = once.held.token->value.reveal();
    constexpr std::string_view scheme = "Bearer ";
    std::string bearer(scheme.size() + value.size(), '\0');
    std::copy(value.begin(), value.end(), std::copy(scheme.begin(), scheme.end(), bearer.begin()));
    asked.message.fields.set("Authorization", std::move(bearer));
  }
  return true;
}

void pipeline::note_end(const call& asked, trip& once, const attempt_report& report,
                        resilience::outcome verdict) {
  const auto status = static_cast<unsigned>(report.end.status);
  const std::uint64_t token = id_of(once.held.token);
  std::string ending = report.has_response() ? std::to_string(status) : std::string(report.failure);
  parts_.audit.outcome(audited_call, std::move(once.subject), audit_trail::who{asked.user, asked.patient},
                       std::move(ending));
  parts_.told.tell_at(report.ended,
                      events::call_ended{std::move(once.id), asked.purpose, asked.endpoint, token, status,
                                         report.failure, report.end.elapsed, verdict});
  if (status == 401 && token != 0) tokens_->invalidate(token);
}

}  // namespace epicenter::epic
