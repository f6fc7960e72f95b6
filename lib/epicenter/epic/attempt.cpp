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

runtime::task<attempt_report> pipeline::attempt(const call& asked, std::uint32_t number) {
  const call_id id{asked.operation, asked.request, number};
  auto admitted = co_await admit(asked);
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
  parts_.told.tell(events::call_started{id, asked.purpose, asked.endpoint, id_of(held.token), expiry});
  const auto& where = asked.purpose == call_purpose::token ? options_.token : options_.fhir;
  auto exchanged =
      co_await parts_.client.send(where, std::move(*message), held.started + times.limit.timeout);
  times.ended = runtime_.now();
  times.wall = runtime_.wall();

  auto report = report_of(asked, std::move(exchanged), times);
  const auto verdict = resilience::classify(report.end, guarded.profile().limits());
  held.permit.complete(verdict, times.ended);
  held.slot.release(times.ended);
  if (verdict.is_ok()) guarded.record_latency(times.ended, report.end.elapsed);
  note_end(asked, id, held.token, report);
  co_return report;
}

runtime::task<tl::expected<pipeline::admission, call_failure>> pipeline::admit(const call& asked) {
  endpoint_guard& guarded = guard(asked.endpoint);
  admission held;
  held.started = runtime_.now();
  if (const auto rejected = guarded.breaker().peek(held.started)) {
    co_return tl::unexpected(refused_by(*rejected));
  }
  auto entered = co_await guarded.enter(held.started, asked.deadline);
  if (!entered) co_return tl::unexpected(std::move(entered.error()));
  held.slot = std::move(*entered);
  auto passed = co_await guarded.pass_gate(asked.deadline);
  if (!passed) co_return tl::unexpected(std::move(passed.error()));
  if (carries_token(asked.purpose)) {
    auto token = co_await token_for(asked);
    if (!token) co_return tl::unexpected(std::move(token.error()));
    held.token = std::move(*token);
  }
  held.started = runtime_.now();
  auto permitted = guarded.breaker().acquire(held.started);
  if (!permitted) co_return tl::unexpected(refused_by(permitted.error()));
  held.permit = std::move(*permitted);
  co_return held;
}

runtime::task<tl::expected<smart::token_ptr, call_failure>> pipeline::token_for(const call& asked) {
  EPICENTER_CHECK(tokens_ != nullptr, "the pipeline was given no token manager");
  auto token = co_await tokens_->get(asked.deadline);
  if (token) co_return std::move(*token);
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
  auto token = co_await token_for(asked);
  if (!token) {
    (void)parts_.audit.outcome(audited_call, id.to_string(), by, "not_sent");
    co_return std::move(token.error());
  }
  held.token = std::move(*token);
  held.started = runtime_.now();
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
                        attempt_report& report) {
  const auto status = static_cast<unsigned>(report.end.status);
  const std::string ending = report.has_response() ? std::to_string(status) : std::string(report.failure);
  (void)parts_.audit.outcome(audited_call, id.to_string(), audit_trail::who{asked.user, asked.patient},
                             ending);
  parts_.told.tell(events::call_ended{id, asked.purpose, asked.endpoint, id_of(token), status, report.failure,
                                      report.end.elapsed});
  if (status == 401 && token) tokens_->invalidate(token->id);
  if (!report.end.retry_after || *report.end.retry_after <= duration{}) return;
  if (status != 429 && status != 503) return;
  // A server that asks for hours must not be able to shut this class off for hours.
  const duration wait = std::min(*report.end.retry_after, options_.profile.retry.max_retry_after);
  guard(asked.endpoint).gate().raise(report.ended + wait);
}

}  // namespace epicenter::epic
