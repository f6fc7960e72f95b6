#include <algorithm>
#include <array>
#include <epicenter/epic/attempt_report.hpp>
#include <epicenter/http/tls_error.hpp>
#include <epicenter/resilience/retry_after.hpp>

namespace epicenter::epic {
namespace {

using resilience::attempt_end;
using resilience::transport_failure;

struct transport_meaning {
  http::errc code;
  std::string_view name;
  transport_failure failure;
};
constexpr std::array<transport_meaning, 8> transport_meanings{{
    {http::errc::connect_failed, "connect_failed", transport_failure::connect},
    {http::errc::tls_failed, "tls_failed", transport_failure::tls},
    {http::errc::reset, "reset", transport_failure::reset},
    {http::errc::closed, "closed", transport_failure::reset},
    {http::errc::truncated, "truncated", transport_failure::truncated_body},
    {http::errc::malformed, "malformed", transport_failure::protocol},
    {http::errc::too_large, "too_large", transport_failure::too_large},
    {http::errc::timed_out, "timed_out", transport_failure::attempt_timeout},
}};

const transport_meaning* meaning_of(const error& why) {
  const auto* found = std::find_if(transport_meanings.begin(), transport_meanings.end(),
                                   [&why](const auto& one) { return why == make_error_code(one.code); });
  return found == transport_meanings.end() ? nullptr : found;
}

// The policies compare issue codes with these only, and keep views of them.
std::string_view lasting(std::string_view code) {
  constexpr std::array<std::string_view, 6> known{"transient",  "exception", "timeout",
                                                  "lock-error", "no-store",  "throttled"};
  const auto* found = std::find(known.begin(), known.end(), code);
  return found == known.end() ? std::string_view() : *found;
}

resilience::issue_severity severity_of(fhir::severity severity) {
  switch (severity) {
    case fhir::severity::information:
      return resilience::issue_severity::information;
    case fhir::severity::warning:
      return resilience::issue_severity::warning;
    case fhir::severity::error:
      return resilience::issue_severity::error;
    case fhir::severity::fatal:
      break;
  }
  return resilience::issue_severity::fatal;
}

void describe_failed_exchange(attempt_report& report, http::exchange_failure&& failed,
                              const attempt_times& times) {
  attempt_end& end = report.end;
  end.bytes_written = failed.any_byte_sent;
  if (const auto* meaning = meaning_of(failed.why)) {
    report.failure = meaning->name;
    const bool by_caller = times.limit.on_expiry == resilience::timeout_kind::total_timeout;
    end.cut_by_caller_deadline = meaning->failure == transport_failure::attempt_timeout && by_caller;
    end.given = times.limit.timeout;
    end.failure = meaning->failure;
    // What a failing server sends too much of is its failure.
    const bool good_head = failed.head && failed.head->status / 100 == 2;
    if (end.failure == transport_failure::too_large && !good_head) end.failure = transport_failure::protocol;
    if (end.failure == transport_failure::tls && http::is_about_certificate(failed.why))
      end.failure = transport_failure::certificate;
    if (http::is_refused_by_egress(failed.why)) {
      report.failure = "egress_refused";
      end.failure = transport_failure::egress_refused;
    }
  } else if (failed.why == make_error_code(http::errc::cancelled)) {
    report.failure = "cancelled";
    end.cancelled = resilience::cancellation::caller;
  } else {  // pool_exhausted, stopped: refused on this side
    const bool full = failed.why == make_error_code(http::errc::pool_exhausted);
    report.failure = full ? "pool_exhausted" : "stopped";
    report.refused = epic::failed(full ? failure_cause::overloaded : failure_cause::cancelled, failed.why);
    end.not_sent = true;
  }
  report.transport = std::move(failed.why);
}

void describe_response(attempt_report& report, const call& asked, http::response&& response, wall_time now) {
  attempt_end& end = report.end;
  end.status = static_cast<int>(response.status);
  if (const auto* after = response.fields.find("Retry-After")) {
    end.retry_after = resilience::parse_retry_after(*after, response.fields.get("Date"), now);
  }
  report.got.body_bytes = response.body.size();
  const bool is_fhir =
      !asked.raw && (asked.purpose == call_purpose::operation || asked.purpose == call_purpose::reconcile);
  if (!is_fhir) {
    report.got.raw = std::move(response);
    return;
  }
  report.got.content = fhir::interpret(response);
  response.body.clear();
  report.got.raw = std::move(response);
  const auto* bad = std::get_if<fhir::failure>(&report.got.content);
  if (bad == nullptr) return;
  if (const auto* issue = bad->outcome.decisive()) {
    end.worst_severity = severity_of(issue->severity);
    end.worst_code = lasting(issue->code);
  }
  // A gateway's page under a good status is no answer to a question. To a create it may be one: it was taken.
  const bool reading = asked.repeat == resilience::retry_class::safe && asked.message.method == "GET";
  const bool success = bad->status >= 200 && bad->status < 300;
  if (reading && success && bad->why == fhir::errc::not_fhir) end.failure = transport_failure::protocol;
}

failure_cause cause_of_response(const attempt_report& report, fhir::errc why) {
  const auto status = static_cast<unsigned>(report.end.status);
  if (report.end.failure == transport_failure::protocol) return failure_cause::protocol;
  if (status == 401) return failure_cause::auth_denied;
  if (status == 429 || why == fhir::errc::throttled) return failure_cause::throttled;
  if (status == 503 && report.end.retry_after) return failure_cause::throttled;
  if (status >= 500 || status == 408 || why == fhir::errc::unavailable) return failure_cause::server_error;
  if (status < 400 && why == fhir::errc::not_fhir) return failure_cause::protocol;
  return failure_cause::refused;
}

failure_cause cause_of_transport(const attempt_end& end) {
  if (end.cancelled != resilience::cancellation::none) return failure_cause::cancelled;
  if (end.cut_by_caller_deadline) return failure_cause::deadline;
  if (end.failure == transport_failure::attempt_timeout) return failure_cause::timed_out;
  if (end.failure == transport_failure::too_large) return failure_cause::too_large;
  return failure_cause::transport;
}

}  // namespace

void report_attempt(const call& asked, http::exchange_result&& exchanged, const attempt_times& times,
                    attempt_report& report) {
  report.sent = true;
  report.ended = times.ended;
  report.got.at = times.ended;
  report.end.elapsed = times.ended - times.started;
  // A create whose 201 broke off in its body has happened all the same, and its head names the resource.
  const bool create = asked.endpoint == resilience::endpoint_class::write;
  if (!exchanged && create && exchanged.error().head && exchanged.error().head->status == 201) {
    // Out of the error first: the assignment destroys it.
    http::response head = std::move(*exchanged.error().head);
    exchanged = std::move(head);
  }
  if (exchanged) {
    describe_response(report, asked, std::move(*exchanged), times.wall);
  } else {
    describe_failed_exchange(report, std::move(exchanged.error()), times);
  }
}

call_failure failure_of(attempt_report report, const resilience::retry_decision& decision) {
  if (report.refused) return std::move(*report.refused);
  const std::string gave_up(name_of(decision.reason));
  if (!report.has_response()) {
    const auto cause = cause_of_transport(report.end);
    error why(make_error_code(to_errc(cause)), gave_up);
    if (report.transport) why = std::move(why).caused_by(std::move(*report.transport));
    auto made = failed(cause, std::move(why));
    made.maybe_processed = decision.maybe_processed;
    made.gave_up = decision.reason;
    return made;
  }
  const auto* bad = std::get_if<fhir::failure>(&report.got.content);
  const fhir::errc fhir_why = bad != nullptr ? bad->why : fhir::errc::not_fhir;
  const auto cause = cause_of_response(report, fhir_why);
  error why(make_error_code(to_errc(cause)), "status " + std::to_string(report.end.status) + ", " + gave_up);
  if (bad != nullptr) why = std::move(why).caused_by(bad->to_error());
  auto made = failed(cause, std::move(why));
  made.gave_up = decision.reason;
  made.status = static_cast<unsigned>(report.end.status);
  made.fhir_why = fhir_why;
  made.maybe_processed = decision.maybe_processed;
  made.retry_after = decision.retry_after;
  if (bad != nullptr) {
    if (const auto* issue = bad->outcome.decisive()) made.epic_code = issue->epic_code;
  }
  if (made.status >= 300 && made.status < 400) made.location = report.got.raw.fields.get("Location");
  return made;
}

}  // namespace epicenter::epic
