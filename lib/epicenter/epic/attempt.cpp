// The inner part of the pipeline: one attempt.
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

attempt_report refused(call_failure why, instant now) {
  attempt_report report;
  report.end.not_sent = true;
  report.refused = std::move(why);
  report.ended = now;
  return report;
}

std::uint64_t id_of(const smart::token_ptr& token) {
  return token ? token->id : 0;
}

}  // namespace

runtime::task<attempt_report> pipeline::attempt(const call& asked, std::uint32_t number, progress& so_far,
                                                instant now) {
  const call_id id{asked.operation, asked.request, number};
  auto admitted = co_await admit(asked, now);
  if (!admitted) co_return refused(std::move(admitted.error()), runtime_.now());
  admission held = std::move(*admitted);
  auto kept_back = co_await record_first(asked, held, id);
  if (kept_back) co_return refused(std::move(*kept_back), runtime_.now());
  auto message = message_of(asked, id, held.token);
  if (!message) {
    (void)parts_.audit.outcome(audited_call, id.to_string(), audit_trail::who{asked.user, asked.patient},
                               "not_sent");
    co_return refused(failed(failure_cause::protocol, std::move(message.error())), runtime_.now());
  }

  endpoint_guard& guarded = guard(asked.endpoint);
  attempt_times times;
  times.started = held.started;
  times.limit = resilience::deadline(asked.deadline).attempt(held.started, guarded.profile().attempt_timeout);
  const instant expiry = held.token ? held.token->expires_at : instant{};
  parts_.told.tell_at(held.started,
                      events::call_started{id, asked.purpose, asked.endpoint, id_of(held.token), expiry});
  note_dispatch(so_far, held.started);
  const auto& where = asked.purpose == call_purpose::token ? options_.token : options_.fhir;
  auto exchanged =
      co_await parts_.client.send(where, std::move(*message), held.started + times.limit.timeout);
  times.ended = runtime_.now();
  // The calendar is asked only where an answer needs it.
  if (exchanged && exchanged->fields.find("Retry-After") != nullptr) times.wall = runtime_.wall();

  auto report = report_of(asked, std::move(exchanged), times);
  const bool lost = so_far.lost && report.end.cancelled == resilience::cancellation::caller;
  if (lost) report.end.cancelled = resilience::cancellation::hedge_loser;
  const auto verdict = resilience::classify(report.end, guarded.profile().limits());
  guarded.complete(held.permit, bounded(verdict), times.ended);
  held.slot.release(times.ended);
  // A first try that lost to its hedge took at least so long: leaving it out would make the class look fast.
  const bool slow_loser = lost && so_far.in_race != nullptr;
  if (verdict.is_ok() || slow_loser) guarded.record_latency(times.ended, report.end.elapsed);
  note_end(asked, id, held.token, report, verdict);
  co_return report;
}

void pipeline::note_dispatch(progress& so_far, instant now) {
  if (so_far.dispatched) return;
  so_far.dispatched = now;
  if (so_far.in_race != nullptr) so_far.in_race->moved.notify_all();
}

// A server that asks for hours must not be able to shut a class off for hours: everybody waits so long at
// most. The call itself gives up where more was asked for.
resilience::outcome pipeline::bounded(resilience::outcome verdict) const {
  const duration most = options_.profile.retry.max_retry_after;
  if (verdict.retry_after() <= most) return verdict;
  if (verdict.is_throttled()) return resilience::outcome::throttled(most);
  return resilience::outcome::fail(verdict.failure(), verdict.slow(), most);
}

runtime::task<tl::expected<pipeline::admission, call_failure>> pipeline::admit(const call& asked,
                                                                               instant now) {
  endpoint_guard& guarded = guard(asked.endpoint);
  admission held;
  if (guarded.breaker().peek(now)) {
    auto kept_out = co_await guarded.peek(now, asked.deadline);
    if (kept_out) co_return tl::unexpected(std::move(*kept_out));
  }
  held.slot = guarded.bulkhead().try_enter(now);
  if (!held.slot) {
    auto entered = co_await guarded.enter(now, asked.deadline);
    if (!entered) co_return tl::unexpected(std::move(entered.error()));
    held.slot = std::move(*entered);
  }
  if (!guarded.limiter().try_send(now)) {
    auto held_back = co_await guarded.pass_limiter(now, asked.deadline);
    if (held_back) co_return tl::unexpected(std::move(*held_back));
  }
  if (carries_token(asked.purpose)) {
    auto token = co_await token_for(asked, now);
    if (!token) co_return tl::unexpected(std::move(token.error()));
    held.token = std::move(*token);
  }
  auto permitted = guarded.breaker().acquire(now);
  if (permitted) {
    held.permit = std::move(*permitted);
  } else {
    auto waited = co_await guarded.acquire_after(permitted.error(), now, asked.deadline);
    if (!waited) co_return tl::unexpected(std::move(waited.error()));
    held.permit = std::move(*waited);
  }
  held.started = now;
  co_return held;
}

// A token that get() gave before, and that was not due for renewal when this call came, was there at once:
// then no time has passed, and the clock need not be read again.
runtime::task<tl::expected<smart::token_ptr, call_failure>> pipeline::token_for(const call& asked,
                                                                                instant& now) {
  if (asked.with_token) co_return asked.with_token;
  EPICENTER_CHECK(tokens_ != nullptr, "the pipeline was given no token manager");
  auto token = co_await tokens_->get(asked.deadline);
  if (token) {
    const smart::access_token& got = **token;
    const bool was_there = got.id == known_token_ && now < std::min(got.refresh_at, got.join_at);
    known_token_ = got.id;
    if (!was_there) now = runtime_.now();
    co_return std::move(*token);
  }
  const auto cause = cause_of_missing_token(token.error());
  error why(make_error_code(to_errc(cause)), "no access token");
  co_return tl::unexpected(failed(cause, std::move(why).caused_by(std::move(token.error()))));
}

// Last things before the wire: what must be on record first, and a token that did not go stale meanwhile.
runtime::task<std::optional<call_failure>> pipeline::record_first(const call& asked, admission& held,
                                                                  const call_id& id) {
  const audit_trail::who by{asked.user, asked.patient};
  auto audited = co_await parts_.audit.intent(audited_call, id.to_string(), by);
  const bool writes =
      asked.endpoint == resilience::endpoint_class::write && asked.purpose != call_purpose::probe;
  if (!audited && writes) co_return failed(failure_cause::audit, std::move(audited.error()));
  if (asked.hooks == nullptr) co_return std::nullopt;
  auto recorded = co_await asked.hooks->before_send();
  if (!recorded) {
    (void)parts_.audit.outcome(audited_call, id.to_string(), by, "not_sent");
    co_return failed(failure_cause::ledger, std::move(recorded.error()));
  }
  instant now = runtime_.now();
  auto token = co_await token_for(asked, now);
  if (!token) {
    (void)parts_.audit.outcome(audited_call, id.to_string(), by, "not_sent");
    co_return std::move(token.error());
  }
  held.token = std::move(*token);
  held.started = now;
  co_return std::nullopt;
}

result<http::request> pipeline::message_of(const call& asked, const call_id& id,
                                           const smart::token_ptr& token) const {
  http::request message;
  if (asked.fresh_message) {
    auto made = asked.fresh_message();
    if (!made) return made;
    message = std::move(*made);
  } else {
    message = asked.message;
  }
  message.fields.set("X-Request-Id", id.to_string());
  if (token) {
    std::string bearer("Bearer ");
    bearer += token->value.reveal();
    message.fields.set("Authorization", std::move(bearer));
  }
  return message;
}

void pipeline::note_end(const call& asked, const call_id& id, const smart::token_ptr& token,
                        attempt_report& report, resilience::outcome verdict) {
  const auto status = static_cast<unsigned>(report.end.status);
  const std::string ending = report.has_response() ? std::to_string(status) : std::string(report.failure);
  (void)parts_.audit.outcome(audited_call, id.to_string(), audit_trail::who{asked.user, asked.patient},
                             ending);
  parts_.told.tell_at(report.ended, events::call_ended{id, asked.purpose, asked.endpoint, id_of(token),
                                                       status, report.failure, report.end.elapsed, verdict});
  if (status == 401 && token) tokens_->invalidate(token->id);
}

}  // namespace epicenter::epic
