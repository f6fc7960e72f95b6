#include <algorithm>
#include <array>
#include <epicenter/resilience/classifier.hpp>

namespace epicenter::resilience {
namespace {

failure_kind kind_of(transport_failure failure) {
  switch (failure) {
    case transport_failure::name_resolution:
      return failure_kind::name_resolution;
    case transport_failure::connect:
      return failure_kind::connect;
    case transport_failure::tls:
      return failure_kind::tls;
    case transport_failure::certificate:
      return failure_kind::certificate;
    case transport_failure::reset:
      return failure_kind::reset;
    case transport_failure::truncated_body:
      return failure_kind::truncated_body;
    case transport_failure::attempt_timeout:
      return failure_kind::attempt_timeout;
    case transport_failure::none:
    case transport_failure::protocol:
    case transport_failure::egress_refused:  // no failures of the server's: classify() takes them first
    case transport_failure::too_large:
      break;
  }
  return failure_kind::protocol;
}

bool is_bound_of_this_side(transport_failure f) {
  return f == transport_failure::egress_refused || f == transport_failure::too_large;
}

bool is_success(int status) {
  return status >= 200 && status <= 299;
}

// 501 and 505 say what the server can do, not how it fares.
bool is_server_failure(int status) {
  return status >= 500 && status <= 599 && status != 501 && status != 505;
}

bool is_throttled(const attempt_end& end) {
  if (end.status == 429) return true;
  if (end.status == 503 && end.retry_after) return true;
  return end.worst_severity != issue_severity::absent && end.worst_code == "throttled";
}

bool says_it_could_not(const attempt_end& end) {
  constexpr std::array<std::string_view, 5> codes{"transient", "exception", "timeout", "lock-error",
                                                  "no-store"};
  return end.worst_severity == issue_severity::fatal &&
         std::find(codes.begin(), codes.end(), end.worst_code) != codes.end();
}

outcome classify_response(const attempt_end& end, bool slow) {
  const duration asked = end.retry_after.value_or(duration{0});
  if (end.status < 200 || end.status > 599) return outcome::fail(failure_kind::protocol, slow);
  if (is_throttled(end)) return outcome::throttled(asked);
  if (is_server_failure(end.status)) return outcome::fail(failure_kind::server_error, slow, asked);
  if (is_success(end.status) && says_it_could_not(end)) {
    return outcome::fail(failure_kind::operation_outcome, slow, asked);
  }
  return outcome::ok(slow);
}

}  // namespace

outcome classify(const attempt_end& end, const classifier_limits& limits) {
  const bool slow = end.elapsed > limits.slow_after;
  if (end.not_sent) return outcome::neutral(neutral_kind::local_rejection);
  if (end.cancelled == cancellation::caller) return outcome::neutral(neutral_kind::caller_cancelled);
  if (end.cancelled == cancellation::hedge_loser) return outcome::neutral(neutral_kind::hedge_loser);
  if (end.cut_by_caller_deadline) {
    if (end.given < limits.attempt_timeout / 2) return outcome::neutral(neutral_kind::caller_deadline);
    return outcome::fail(failure_kind::attempt_timeout, slow);
  }
  if (is_bound_of_this_side(end.failure)) return outcome::neutral(neutral_kind::local_rejection);
  if (end.failure != transport_failure::none) return outcome::fail(kind_of(end.failure), slow);
  return classify_response(end, slow);
}

bool provably_not_processed(const attempt_end& end) {
  if (end.not_sent || end.refused_unprocessed) return true;
  const bool no_answer = end.cancelled != cancellation::none || end.cut_by_caller_deadline ||
                         end.failure != transport_failure::none || end.status == 0;
  if (no_answer) return !end.bytes_written;
  return end.status == 401 || end.status == 425 || end.status == 429;
}

repeatability repeatability_of(const attempt_end& end, const classifier_limits& limits) {
  if (end.not_sent) return repeatability::permanent;
  if (end.cancelled != cancellation::none) return repeatability::done;
  if (end.cut_by_caller_deadline) return repeatability::transient;
  if (end.failure == transport_failure::certificate) return repeatability::permanent;
  if (is_bound_of_this_side(end.failure)) return repeatability::permanent;
  if (end.failure != transport_failure::none) return repeatability::transient;
  const outcome o = classify_response(end, end.elapsed > limits.slow_after);
  if (o.is_throttled()) return repeatability::throttled;
  if (o.is_fail()) return repeatability::transient;
  if (end.status == 401) return repeatability::unauthorized;
  if (end.status == 408 || end.status == 425) return repeatability::transient;
  return end.status < 400 ? repeatability::done : repeatability::permanent;
}

}  // namespace epicenter::resilience
