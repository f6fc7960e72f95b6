// What the adapter tells about itself: one ordered stream of typed events. It feeds logs, metrics and the
// harness.
#pragma once

#include <cstdint>
#include <epicenter/base/time.hpp>
#include <epicenter/resilience/breaker_event.hpp>
#include <epicenter/resilience/endpoint_class.hpp>
#include <epicenter/resilience/outcome.hpp>
#include <functional>
#include <string>
#include <variant>

namespace epicenter::epic {

/// "<operation>.<request>.<attempt>" of X-Request-Id: which HTTP request of which operation, and which try of
/// it.
struct call_id {
  std::string operation;      ///< the operation's id; of a write also its identifier in the EHR
  std::uint32_t request = 0;  ///< number of the request within the operation, from 1
  std::uint32_t attempt = 0;  ///< from 1
  std::string to_string() const;
};

/// Why a request is sent at all.
enum class call_purpose { operation, reconcile, token, probe };

namespace events {

/// An attempt is about to be handed to the transport.
struct call_started {
  call_id id;
  call_purpose purpose;
  resilience::endpoint_class endpoint;
  std::uint64_t token = 0;     ///< number of the access token it carries; 0: none
  instant token_expires_at{};  ///< by the token's own expires_in
};
/// The attempt has ended, one way or the other.
struct call_ended {
  call_id id;
  call_purpose purpose;
  resilience::endpoint_class endpoint;
  std::uint64_t token = 0;
  unsigned status = 0;       ///< 0: no response
  std::string_view failure;  ///< name of the transport's failure; empty where there was a response
  duration took{};
  /// As the policies judged it: a 200 may say that Epic could not.
  resilience::outcome judged = resilience::outcome::ok();
};
/// A retry of any cause; the attempt it leads to follows as call_started.
struct retry_scheduled {
  call_id id;  ///< of the attempt that failed
  duration delay{};
  std::string_view cause;
};
struct token_refreshed {
  std::uint64_t token;
  duration lifetime;
};
struct token_refresh_failed {
  std::string why;
};
struct token_invalidated {
  std::uint64_t token;
};
/// One transition of one breaker.
struct circuit_changed {
  resilience::endpoint_class endpoint;
  resilience::breaker_event change;
};
struct degradation_activated {
  std::uint64_t id;
  std::string_view component;  ///< "patient_context"
  resilience::endpoint_class endpoint;
  std::string_view mode;    ///< "stale"
  std::string_view reason;  ///< "breaker_open", "timeout", …
  duration staleness_bound;
};
struct degradation_deactivated {
  std::uint64_t id;
  std::string_view component;
  duration lasted;
  std::uint64_t served_stale;
  duration max_age;
  std::string_view reason;  ///< "recovered", "shutdown"
};
/// A part of a read was answered from the cache past its freshness.
struct stale_served {
  std::string operation;
  std::string_view resource;  ///< "AllergyIntolerance"
  duration age;
  duration bound;  ///< the age at which it must no longer be served
  std::string_view reason;
};
/// A ledger row of a write has a new state (and is durable in it).
struct write_changed {
  std::string operation;
  std::string_view kind;   ///< "order_lab"
  std::string_view state;  ///< PLANNED SENDING UNKNOWN WRITTEN REJECTED NOT_SENT DUPLICATE NEEDS_REVIEW
  std::string resource;    ///< "ServiceRequest/<id>" where known
  std::string_view reason;
};
/// Something a person must look into: data of the wrong patient, a write that Epic altered, outcomes that are
/// not in the audit log.
struct safety_alarm {
  std::string_view what;  ///< wrong_patient, patient_merged, content_altered, filed_twice, ledger_damaged,
                          ///< audit_entries_lost
  std::string operation;  ///< the operation that met it; empty: none
  std::string_view resource;  ///< type: "AllergyIntolerance"; empty: none
  std::string detail;         ///< names of elements, how many; never content
};
/// A daily limit of the site is used up: calls of this kind are refused here until then.
struct quota_parked {
  std::string_view resource;  ///< "DocumentReference"
  wall_time until{};
};

/// The signing key of this client, or its age; see smart::rotation_event_kind.
struct key_changed {
  std::string_view what;  ///< "key.rotation_began", "key.age_warning", …
  std::string kid;
  std::string other_kid;  ///< the one it replaces or that signs on; empty where there is none
  std::string reason;     ///< of a failure
  duration age{};         ///< of age warnings
};
/// Somebody should look at how this client is let in: client_refused, scope_not_granted, clock_differs,
/// token_endpoint_moved, site_not_read.
struct access_warning {
  std::string_view what;
  std::string_view reason;  ///< client_refused: name of the smart::refusal_cause; else empty
  std::string resource;     ///< scope_not_granted: its type; else empty
  std::string detail;       ///< for people: cause and cure; no secret
};

}  // namespace events

struct event {
  std::uint64_t seq = 0;  ///< gap-free within an adapter
  instant at{};
  std::variant<events::call_started, events::call_ended, events::retry_scheduled, events::token_refreshed,
               events::token_refresh_failed, events::token_invalidated, events::circuit_changed,
               events::degradation_activated, events::degradation_deactivated, events::stale_served,
               events::write_changed, events::safety_alarm, events::quota_parked, events::key_changed,
               events::access_warning>
      what;
};

/// Called on the adapter's own thread, in order, and must return at once.
using event_observer = std::function<void(const event&)>;

}  // namespace epicenter::epic
