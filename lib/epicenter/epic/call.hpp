// One FHIR request as the pipeline takes it, and the two ways it can end.
#pragma once

#include <epicenter/epic/adapter.hpp>
#include <epicenter/epic/events.hpp>
#include <epicenter/fhir/response.hpp>
#include <epicenter/http/body_sink.hpp>
#include <epicenter/http/message.hpp>
#include <epicenter/resilience/retry.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <epicenter/smart/token_manager.hpp>
#include <functional>
#include <optional>
#include <string>

namespace epicenter::epic {

/// What a write records around its attempts. Both are durable when they complete.
class attempt_hooks {
 public:
  virtual ~attempt_hooks() = default;
  /// The next thing that happens is that the request is handed to the transport. An error keeps it here.
  virtual runtime::task<result<>> before_send() = 0;
  /// The last attempt came to nothing and will be repeated.
  virtual runtime::task<result<>> before_retry() = 0;
};

struct call {
  call_purpose purpose = call_purpose::operation;
  resilience::endpoint_class endpoint = resilience::endpoint_class::read;
  resilience::retry_class repeat = resilience::retry_class::safe;
  /// Of a write of class B: how the answer to its repetition is to be read.
  resilience::repeat_guard guard = resilience::repeat_guard::none;
  /// Somebody above repeats this call already.
  bool no_retry = false;
  std::string operation;
  std::uint32_t request = 1;  ///< number within the operation
  http::request message;
  std::function<result<http::request>()>
      fresh_message;  ///< where each attempt needs another one: token requests
  std::string user;
  std::string patient;  ///< pseudonym
  instant deadline{};
  smart::token_ptr with_token = {};  ///< this one and no other; empty: the one that everybody has
  attempt_hooks* hooks = nullptr;
  bool raw = false;                 ///< whatever response came last, with its body as it is
  http::body_sink* sink = nullptr;  ///< takes the body, in one try that may last to the deadline; outlives it
  std::size_t max_streamed = 0;     ///< bytes that the sink may be given
};

/// A response that is no failure: for token requests any response.
struct answer {
  fhir::interpretation content;
  http::response raw;  ///< the body is left to token requests only: FHIR content is above
  std::size_t body_bytes = 0;
  instant at{};  ///< when it was complete
};

enum class failure_cause {
  circuit_open,
  overloaded,
  throttled,
  timed_out,     ///< the attempt's own time-out
  deadline,      ///< the caller's deadline
  transport,     ///< no connection, or it broke
  server_error,  ///< 5xx, or an OperationOutcome that says the trouble is passing
  refused,       ///< 4xx
  auth_denied,
  protocol,
  too_large,  ///< a good answer, beyond this side's bound
  ledger,     ///< a hook could not record
  audit,
  cancelled,     ///< the adapter stops
  switched_off,  ///< by policy
};
/// "circuit_open", …: stable, fit for ledger, audit log and events.
std::string_view name_of(failure_cause);
errc to_errc(failure_cause);
/// Why data may be served beyond its freshness; nothing where it must not be.
std::optional<std::string_view> stale_reason(failure_cause);

struct call_failure {
  failure_cause cause = failure_cause::transport;
  bool maybe_processed = false;                ///< Epic may have acted on the request
  unsigned status = 0;                         ///< 0: no response
  fhir::errc fhir_why = fhir::errc::not_fhir;  ///< of a response
  std::optional<duration> retry_after;
  error why;
  /// Why it was not repeated: deadline, budget_exhausted, …; resolve_by_reading asks the caller to read the
  /// version before it calls this a failure. none: nothing was sent.
  resilience::stop_reason gave_up = resilience::stop_reason::none;
  std::string epic_code = {};  ///< of the decisive issue: "59108"; empty where there is none
  std::string location = {};   ///< of a redirect (3xx), as it came; never followed by itself

  /// As the adapter's callers see it.
  error to_error() const;
};
call_failure failed(failure_cause, error why);

using call_result = tl::expected<answer, call_failure>;

}  // namespace epicenter::epic
