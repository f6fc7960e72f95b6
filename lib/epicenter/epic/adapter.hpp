// The adapter: what an application calls instead of Epic's FHIR API.
#pragma once

#include <epicenter/audit/log.hpp>
#include <epicenter/base/secret.hpp>
#include <epicenter/epic/access_types.hpp>
#include <epicenter/epic/error.hpp>
#include <epicenter/epic/events.hpp>
#include <epicenter/epic/provider_monitor.hpp>
#include <epicenter/epic/read_types.hpp>
#include <epicenter/epic/site_profile.hpp>
#include <epicenter/epic/write_types.hpp>
#include <epicenter/fhir/exchange.hpp>
#include <epicenter/http/client.hpp>
#include <epicenter/policy/service.hpp>
#include <epicenter/resilience/profile.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <epicenter/smart/key.hpp>
#include <epicenter/store/ledger.hpp>
#include <memory>
#include <string>
#include <vector>

namespace epicenter::epic {

/// How long an answer may be served without asking again, and how long while Epic cannot answer.
struct freshness {
  duration fresh;
  duration stale;
};
struct cache_options {
  freshness demographics{5min, 24h};
  freshness clinical{1min, 15min};  ///< allergies, problems, medications, immunizations
  std::size_t max_bytes =
      64 * 1024 * 1024;  ///< of the answers' text; what was not used for longest goes first
};

struct adapter_options {
  http::url fhir_base;
  std::optional<http::url> token_url;  ///< nothing: asked of the site's discovery when first needed
  std::string client_id;
  std::shared_ptr<const smart::private_key> key;
  std::shared_ptr<const key_keeping> keys = {};  ///< null: the key cannot be replaced while it runs
  resilience::profile profile;                   ///< see resilience::profile_named
  std::string identifier_system = "urn:epicenter:operation";
  /// A write of unknown outcome that two complete searches beyond this age do not find is for a person.
  /// Longer than the site takes to process a create and to index it; searches come at 1/45, 1/9 and 1/3 of
  /// it, at its end, and then every 10 s at the latest.
  duration review_after = 90s;
  /// Connections to the FHIR server, and as many to the token server; a call waits for a free one within its
  /// deadline. 0: as many as the profile lets calls run, so that no class of calls can take those of another.
  std::size_t max_connections = 0;
  http::tls_context_ptr tls;
  std::optional<http::egress_proxy> proxy = {};  ///< nothing: Epic is connected to directly
  cache_options cache;
  /// What the site can do, until learn_site() finds out more.
  site_profile site = site_profile::epic();
  /// Applied to what learn_site() reads; see override_profile.
  json::value site_overrides;
  /// From start() on the site is read (learn_site) and its token endpoint compared so often, at least a
  /// minute apart; sooner after a failure. 0: only when asked.
  duration reread_site{};
  /// Feature flags: epic_fhir_read_only for reads, epic_fhir_write for writes, asked on every call. While
  /// reading is off, what is cached is served within its bounds. Null: everything is on.
  std::shared_ptr<const policy::service> flags;
  /// How long a write with `queue` waits for Epic before it is closed as NOT_SENT.
  duration queue_for = 24h;
  /// Whether a written resource is read again and compared, where the site can read it.
  bool read_back = true;
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
  /// reconciled; what a person has released, and nobody has sent since, is sent. With key_keeping the key
  /// that signed last signs again; errors as of smart::rotation::start.
  runtime::task<result<>> start();

  /// Reads the site's CapabilityStatement, applies the overrides, and keeps to the result from then on. An
  /// error leaves the profile as it was.
  runtime::task<result<site_profile>> learn_site(instant deadline);
  const site_profile& site() const;

  /// Demographics, allergies, problems and medications at once; from the cache while fresh, and stale within
  /// their bounds while Epic is unavailable (read_request::live: never). A missing part fails the whole.
  /// What a write of this object has filed, or may have, is not missing from what is served as fresh or
  /// stale: an older answer is dropped, and none is kept while the write is UNKNOWN.
  runtime::task<result<epic::patient_context>> patient_context(read_request);
  /// The newest laboratory results. Never cached.
  runtime::task<result<labs>> latest_labs(read_request);
  /// These four are cached as in patient_context.
  runtime::task<result<section>> allergies(read_request);
  runtime::task<result<section>> problems(read_request);
  runtime::task<result<section>> medications(read_request);
  runtime::task<result<section>> immunizations(read_request);
  /// Never cached: an encounter closes and a note is signed within a minute.
  runtime::task<result<section>> encounters(read_request);
  runtime::task<result<section>> notes(read_request);
  /// What one of them says, fetched from its Binary.
  runtime::task<result<epic::note_content>> note_content(note_request);

  /// Writes: a durable ledger row first, then sent at most once, reconciled by identifier where the outcome
  /// is unknown. The error side is for what was refused before a ledger row existed.
  runtime::task<result<write_outcome>> order_lab(lab_order);
  runtime::task<result<write_outcome>> order_imaging(imaging_order);
  runtime::task<result<write_outcome>> order_medication(medication_order);
  runtime::task<result<write_outcome>> add_allergy(allergy);
  runtime::task<result<write_outcome>> add_problem(problem);
  runtime::task<result<write_outcome>> record_vitals(vital_sign);
  runtime::task<result<write_outcome>> file_note(note);

  /// The writes that a person must decide on, oldest first.
  runtime::task<result<std::vector<review_item>>> worklist(std::size_t limit = 100);
  /// «It is in the EHR, as this.» Compare-and-swap: of several persons who decide at once one is heard. The
  /// others get errc::not_found where the write is not on the worklist (any more), errc::moved_on where it
  /// has changed since they looked, and have changed nothing. A decision that has begun goes on without its
  /// caller.
  runtime::task<result<write_outcome>> resolve_as_written(review_decision, std::string resource_id);
  /// «It is not in the EHR: send it once more.» A write is sent once more in its life: errc::conflict the
  /// second time. Errors as above; errc::not_found also where its content is kept nowhere,
  /// errc::switched_off, errc::audit_unavailable. What then provably did not reach Epic needs review again,
  /// and may be released again. Where the adapter ends before it is sent, the next start sends it.
  runtime::task<result<write_outcome>> release_once(review_decision);
  /// A person confirms that one patient was merged into the other; writes to the first are refused until
  /// then, and reads and writes of the first go to the other from then on. It is in the audit log before it
  /// takes effect: errc::audit_unavailable where that is not so, and nothing has changed. errc::not_found
  /// where Epic has told of no such merge, errc::invalid_argument without an actor, errc::stopped. A caller
  /// that is cancelled gets errc::stopped too, and takes nothing back.
  runtime::task<result<>> confirm_merge(std::string merged, std::string into, std::string actor);

  /// How this client is let in: token, key, scopes, and why it is refused.
  access_status access() const;
  /// Replaces the signing key while everything runs: published, tried by a real token and a real read, then
  /// signed with; else the last good one signs on (smart::errc::rotation_failed with the cause). Withdrawing
  /// the old one follows by itself. errc::not_supported without key_keeping, errc::invalid_argument before
  /// start() or without an actor, errc::audit_unavailable.
  runtime::task<result<>> rotate_key(smart::signing_key next, std::string actor);
  /// Back to the key before, while it is published. errc::not_found where there is none.
  result<> roll_back_key(std::string reason, const std::string& actor);

  /// For the FHIR client (fhir/client.hpp, fhir/write_client.hpp, fhir/bulk_export.hpp): whatever the members
  /// here have no name for, with this client's token and under the same policies; see guarded_exchange for
  /// what is refused. `user` and `patient` (FHIR id, or empty) are for the audit log; whose data comes back
  /// is the caller's to look at. After an update that may have reached Epic, the patient's part that it is
  /// about is read again. It may outlive the adapter, and answers errc::stopped then.
  std::unique_ptr<fhir::exchange> exchange(std::string user, const std::string& patient = {});

  /// Waits until no write is UNKNOWN or in flight, or the deadline. True where none is left.
  runtime::task<bool> drain(instant deadline);
  /// Refuses new operations, lets those in flight end within the grace, records the rest as unknown. Outcomes
  /// that the audit log owes an answer to, or has refused, it gets until the end of the grace, and at least a
  /// second: what it has not taken by then is counted in it, if it can be, and told as
  /// events::safety_alarm audit_entries_lost.
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
