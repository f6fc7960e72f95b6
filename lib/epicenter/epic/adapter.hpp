// The adapter: what an application calls instead of Epic's FHIR API.
#pragma once

#include <epicenter/audit/log.hpp>
#include <epicenter/base/secret.hpp>
#include <epicenter/epic/events.hpp>
#include <epicenter/epic/provider_monitor.hpp>
#include <epicenter/http/client.hpp>
#include <epicenter/json/value.hpp>
#include <epicenter/resilience/profile.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <epicenter/smart/key.hpp>
#include <epicenter/store/ledger.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace epicenter::epic {

enum class errc {
  unavailable = 1,     ///< the EHR could not be reached and nothing fit to serve is cached
  deadline,            ///< no answer by the caller's deadline
  overloaded,          ///< refused locally: queue full
  circuit_open,        ///< refused locally: the breaker of this kind of call is open
  auth_denied,         ///< Epic refuses our credentials, with a fresh token too
  rejected,            ///< Epic answered, and the answer is no (4xx)
  protocol,            ///< Epic's answer is not FHIR
  not_supported,       ///< the site does not do this at all (405, 406, 415)
  invalid_argument,    ///< the call itself is not complete; nothing was sent
  conflict,            ///< the same operation id was used for another content; nothing was sent
  ledger_unavailable,  ///< the write could not be recorded first; nothing was sent
  audit_unavailable,   ///< the audit log takes no events; the write was not sent
  stopped,             ///< the adapter is shut down
};
std::error_code make_error_code(errc);

/// Where a part of an answer came from.
enum class source { live, cached, stale };
struct provenance {
  epic::source source = source::live;
  duration age{};           ///< since it was fetched
  std::string_view reason;  ///< why stale, empty otherwise
};

using resource_ptr = std::shared_ptr<const json::value>;

/// Resources as they came, shared with the cache and never changed: copying a list copies a pointer.
class resource_list {
 public:
  resource_list() = default;
  explicit resource_list(std::vector<json::value> resources)
      : held_(std::make_shared<const std::vector<json::value>>(std::move(resources))) {}

  std::size_t size() const { return held_ ? held_->size() : 0; }
  bool empty() const { return size() == 0; }
  const json::value& operator[](std::size_t i) const { return (*held_)[i]; }
  const json::value* begin() const { return held_ ? held_->data() : nullptr; }
  const json::value* end() const { return held_ ? held_->data() + held_->size() : nullptr; }

 private:
  std::shared_ptr<const std::vector<json::value>> held_;
};

/// Resources of one kind with what is known about their completeness. `partial` is never to be read as
/// «none».
struct section {
  resource_list resources;
  bool partial = false;
  provenance from;
};

struct patient_context {
  resource_ptr demographics;  ///< the Patient; never empty
  provenance demographics_from;
  section allergies;
  section problems;
  section medications;
};
struct labs {
  section observations;  ///< newest first
};

struct read_request {
  std::string operation;            ///< id of the operation; empty: one is made
  std::string patient;              ///< FHIR id
  std::string user;                 ///< who asks, for the audit log
  std::optional<instant> deadline;  ///< default: the profile's
};

struct write_request {
  std::string operation;  ///< id of the operation, a UUID: also the identifier under which it is filed;
                          ///< empty: one is made
  std::string patient;    ///< FHIR id
  std::string encounter;  ///< FHIR id
  std::string user;       ///< who asks; `requester` of an order
  std::optional<instant> deadline;
};
struct lab_order {
  write_request who;
  std::string loinc;  ///< "58410-2"
  std::string display;
  std::string priority = "routine";  ///< routine, urgent, asap, stat
};
struct note {
  write_request who;
  std::string loinc = "11506-3";  ///< type of the document: progress note
  std::string text;
};

/// How a write stands when the call returns.
enum class write_state {
  written,       ///< in the EHR, under `resource`
  rejected,      ///< Epic refused it
  not_sent,      ///< provably never reached Epic by the deadline; closed
  duplicate,     ///< in the EHR more than once
  needs_review,  ///< nobody knows: on the worklist for a person
  unknown,       ///< nobody knows yet: reconciliation goes on and ends in one of the others
};
std::string_view name_of(write_state);

struct write_outcome {
  write_state state = write_state::unknown;
  std::string operation;
  std::string resource;      ///< "ServiceRequest/<id>" where known
  std::optional<error> why;  ///< for all but written
};

/// How long an answer may be served without asking again, and how long while Epic cannot answer.
struct freshness {
  duration fresh;
  duration stale;
};
struct cache_options {
  freshness demographics{5min, 24h};
  freshness clinical{1min, 15min};  ///< allergies, problems, medications
  std::size_t max_bytes =
      64 * 1024 * 1024;  ///< of the answers' text; what was not used for longest goes first
};

struct adapter_options {
  http::url fhir_base;
  http::url token_url;
  std::string client_id;
  std::shared_ptr<const smart::private_key> key;
  resilience::profile profile;  ///< see resilience::profile_named
  std::string identifier_system = "urn:epicenter:operation";
  /// A write of unknown outcome that complete searches up to this age do not find is for a person. Longer
  /// than the site takes to process a create and to index it; searches come at 1/45, 1/9 and 1/3 of it, and
  /// at its end.
  duration review_after = 90s;
  http::tls_context_ptr tls;
  cache_options cache;
  secret audit_key;  ///< of the installation: makes the audit log's pseudonyms; empty: one of this object's
                     ///< lifetime
};

/// What the adapter keeps its records in; owned by the caller, outlives the adapter.
struct adapter_stores {
  store::ledger& ledger;
  audit::log& audit;
};

/// One site of Epic, one client of it. All members are used on the runtime's thread. Once used it must be
/// stopped before it is destroyed.
class adapter {
 public:
  adapter(runtime::runtime&, adapter_options, adapter_stores, event_observer);
  ~adapter();
  adapter(const adapter&) = delete;
  adapter& operator=(const adapter&) = delete;

  /// Takes over what an earlier process left in the ledger: a row in SENDING becomes UNKNOWN and is
  /// reconciled.
  runtime::task<result<>> start();

  /// Demographics, allergies, problems and medications at once; from the cache while fresh, and stale within
  /// their bounds while Epic is unavailable. A missing part fails the whole.
  runtime::task<result<epic::patient_context>> patient_context(read_request);
  /// The newest laboratory results. Never cached.
  runtime::task<result<labs>> latest_labs(read_request);

  /// Writes: a durable ledger row first, then sent at most once, reconciled by identifier where the outcome
  /// is unknown. The error side is for what was refused before a ledger row existed.
  runtime::task<result<write_outcome>> order_lab(lab_order);
  runtime::task<result<write_outcome>> file_note(note);

  /// Waits until no write is UNKNOWN or in flight, or the deadline. True where none is left.
  runtime::task<bool> drain(instant deadline);
  /// Refuses new operations, lets those in flight end within the grace, records the rest as unknown.
  runtime::task<> stop(duration grace = 5s);

  /// How Epic stands, seen from here.
  const provider_monitor& monitor() const;
  /// Asks Epic for /metadata now, whatever an open circuit says, and tells how things stand.
  runtime::task<result<provider_snapshot>> check_health();
  /// See provider_monitor.
  result<> to_half_open(resilience::endpoint_class, std::string actor, std::string reason);

  struct circuit {
    resilience::endpoint_class endpoint = resilience::endpoint_class::read;
    resilience::breaker_state state = resilience::breaker_state::closed;
  };
  std::vector<circuit> circuits() const;
  /// Connections, permits, waiters, background tasks: all zero once stopped.
  std::size_t held_resources() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace epicenter::epic

template <>
struct std::is_error_code_enum<epicenter::epic::errc> : std::true_type {};
