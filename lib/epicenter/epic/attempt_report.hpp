// How one attempt ended, in the words of the policies and of the events.
#pragma once

#include <epicenter/epic/call.hpp>
#include <epicenter/http/client.hpp>
#include <epicenter/resilience/classifier.hpp>
#include <epicenter/resilience/deadline.hpp>

namespace epicenter::epic {

struct attempt_report {
  resilience::attempt_end end;
  std::optional<call_failure> refused;  ///< by a policy of this side: nothing was sent
  std::optional<error> transport;       ///< why there is no response
  std::string_view failure;             ///< name of the transport's failure, empty where there is a response
  answer got;                           ///< meaningful where there is a response
  bool sent = false;                    ///< handed to the transport
  instant ended{};

  bool has_response() const { return end.status != 0; }
  /// What the caller wanted. A token request's body is not looked into.
  bool is_answer(bool of_token_request) const {
    const bool good_status = end.status >= 200 && end.status < 300;
    return good_status && (of_token_request || !std::holds_alternative<fhir::failure>(got.content));
  }
};

struct attempt_times {
  instant started{};
  instant ended{};
  wall_time wall{};  ///< when it ended
  resilience::attempt_limit limit;
};

/// Judges what the transport gave back, into an empty report. Token requests' and probes' bodies are not
/// looked into.
void report_attempt(const call&, http::exchange_result&&, const attempt_times&, attempt_report& into);

/// What an attempt that is not repeated means to whoever asked for the call.
call_failure failure_of(attempt_report, const resilience::retry_decision&);

}  // namespace epicenter::epic
