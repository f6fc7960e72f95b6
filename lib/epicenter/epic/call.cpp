#include <algorithm>
#include <array>
#include <charconv>
#include <epicenter/epic/call.hpp>
#include <limits>

namespace epicenter::epic {

std::string call_id::to_string() const {
  constexpr std::size_t longest = 2 * (1 + std::numeric_limits<std::uint32_t>::digits10 + 1);
  std::array<char, longest> tail{};
  char* at = tail.data();
  for (const std::uint32_t number : {request, attempt}) {
    *at = '.';
    at = std::to_chars(at + 1, tail.data() + longest, number).ptr;
  }
  std::string text(operation.size() + static_cast<std::size_t>(at - tail.data()), '\0');
  std::copy(tail.data(), at, std::copy(operation.begin(), operation.end(), text.begin()));
  return text;
}

std::string_view name_of(failure_cause cause) {
  switch (cause) {
    case failure_cause::circuit_open:
      return "circuit_open";
    case failure_cause::overloaded:
      return "overloaded";
    case failure_cause::throttled:
      return "throttled";
    case failure_cause::timed_out:
      return "timed_out";
    case failure_cause::deadline:
      return "deadline";
    case failure_cause::transport:
      return "transport";
    case failure_cause::server_error:
      return "server_error";
    case failure_cause::refused:
      return "refused";
    case failure_cause::auth_denied:
      return "auth_denied";
    case failure_cause::protocol:
      return "protocol";
    case failure_cause::too_large:
      return "too_large";
    case failure_cause::ledger:
      return "ledger_unavailable";
    case failure_cause::audit:
      return "audit_unavailable";
    case failure_cause::cancelled:
      return "stopped";
    case failure_cause::switched_off:
      return "switched_off";
  }
  return "unknown";
}

errc to_errc(failure_cause cause) {
  switch (cause) {
    case failure_cause::circuit_open:
      return errc::circuit_open;
    case failure_cause::overloaded:
      return errc::overloaded;
    case failure_cause::deadline:
      return errc::deadline;
    case failure_cause::refused:
      return errc::rejected;
    case failure_cause::auth_denied:
      return errc::auth_denied;
    case failure_cause::protocol:
      return errc::protocol;
    case failure_cause::too_large:
      return errc::too_large;
    case failure_cause::ledger:
      return errc::ledger_unavailable;
    case failure_cause::audit:
      return errc::audit_unavailable;
    case failure_cause::cancelled:
      return errc::stopped;
    case failure_cause::switched_off:
      return errc::switched_off;
    case failure_cause::throttled:
    case failure_cause::timed_out:
    case failure_cause::transport:
    case failure_cause::server_error:
      break;
  }
  return errc::unavailable;
}

std::optional<std::string_view> stale_reason(failure_cause cause) {
  switch (cause) {
    case failure_cause::circuit_open:
      return "breaker_open";
    case failure_cause::overloaded:
      return "bulkhead";
    case failure_cause::throttled:
      return "throttled";
    case failure_cause::timed_out:
    case failure_cause::deadline:
      return "timeout";
    case failure_cause::transport:
      return "transport";
    case failure_cause::server_error:
      return "5xx";
    case failure_cause::switched_off:
      return "switched_off";
    case failure_cause::refused:
    case failure_cause::auth_denied:
    case failure_cause::protocol:
    case failure_cause::too_large:
    case failure_cause::ledger:
    case failure_cause::audit:
    case failure_cause::cancelled:
      break;
  }
  return std::nullopt;
}

error call_failure::to_error() const {
  const bool unsupported = cause == failure_cause::refused && fhir_why == fhir::errc::unsupported;
  const errc code = unsupported ? errc::not_supported : to_errc(cause);
  return error(make_error_code(code), std::string(name_of(cause))).caused_by(why);
}

call_failure failed(failure_cause cause, error why) {
  return call_failure{cause, false, 0, fhir::errc::not_fhir, std::nullopt, std::move(why)};
}

}  // namespace epicenter::epic
