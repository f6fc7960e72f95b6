// The ledger: one durable row for every write, from before its first byte is sent until it is settled, with
// everything that happened to it (reference: epic, section 4.2).
#pragma once

#include <cstdint>
#include <epicenter/base/secret.hpp>
#include <epicenter/base/time.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <epicenter/store/error.hpp>
#include <epicenter/store/retention.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::store {

/// The states of the exactly-once protocol: at most one send per decision, reconciliation, then a person.
enum class write_state { planned, sending, unknown, written, rejected, not_sent, duplicate, needs_review };
/// "PLANNED", "SENDING", …
std::string_view name_of(write_state);
/// Reads what name_of writes.
result<write_state> parse_write_state(std::string_view);
/// True where nothing will change the row any more without a person.
bool is_final(write_state);
/// Whether `advance` may take a row from one state to the other: nothing leaves a final state; only what is
/// PLANNED or UNKNOWN is sent; back to PLANNED goes what was not processed, or is not there for certain; what
/// was never sent is neither UNKNOWN nor WRITTEN.
bool may_advance(write_state from, write_state to);

struct ledger_row {
  std::string operation;      ///< UUID: identifier in the EHR, unique
  std::string kind;           ///< "order_lab"
  std::string resource_type;  ///< "ServiceRequest"
  std::string patient;
  std::string payload_sha256;  ///< of the canonical JSON
  write_state state = write_state::planned;
  std::uint32_t attempts = 0;  ///< times the request was handed to the transport
  std::string resource_id;
  std::string reason;
  wall_time planned_at{};
  wall_time updated_at{};

  std::string tenant = {};     ///< installation or environment
  std::string order_key = {};  ///< the client's own number, unique with tenant and type; empty: the operation
  std::string encounter = {};
  std::string user = {};      ///< who asked for it
  std::string code = {};      ///< what was ordered: "58410-2"
  std::string payload = {};   ///< the resource to send; kept only by a ledger with a key
  bool queued = false;        ///< the caller agreed that it is sent later
  wall_time send_by = {};     ///< not to be sent after; zero: no limit
  std::uint32_t version = 0;  ///< counts changes from 1: what a decision about the row was based on
  /// A person has let it be sent again; there is no second time. Taken back where it goes from PLANNED to
  /// NEEDS_REVIEW: it was not sent since, so nothing was done with the release.
  bool released = false;
  /// Read only: something of it does not open, it was changed on the disk. What does not open is empty here,
  /// the patient too: no row that is damaged may be searched for or sent.
  bool damaged = false;
};

/// One change of a row's state.
struct transition {
  write_state from;  ///< PLANNED for the first, which has version 1
  write_state to;
  wall_time at{};
  std::string by;  ///< "adapter", or the person
  std::string reason;
  std::string resource_id;
  std::uint32_t version = 0;
};

/// One look for a write in the EHR.
struct search_made {
  wall_time at{};
  bool complete = false;  ///< false: a miss says nothing
  std::uint32_t found = 0;
  std::string how;  ///< "identifier", "fingerprint"
};

/// All that is known of a write, oldest first.
struct write_history {
  ledger_row row;
  std::vector<transition> transitions;
  std::vector<search_made> searches;
};

/// What a person has found out about a write of which nobody knew.
struct resolution {
  std::string operation;
  std::string actor;  ///< required
  std::string note;
  wall_time at{};
  std::uint32_t version = 0;  ///< of the row that the person saw; 0: whatever it is now
};

/// Every function is durable when its task completes without error. Used on its runtime's thread. A caller
/// that is cancelled while it waits gets errc::unavailable and must take the row's state for unknown.
class ledger {
 public:
  virtual ~ledger() = default;
  /// Adds a row in `planned`. errc::exists / content_differs where the operation, or the tenant's order key
  /// for that type, is known: the content is kind, resource type, patient and payload hash, and that of a
  /// damaged row always differs. errc::not_allowed without an operation.
  virtual runtime::task<result<>> plan(ledger_row) = 0;

  struct change {
    std::string operation;
    write_state from;
    write_state to;
    std::string resource_id;  ///< kept as it was where empty
    std::string reason;       ///< a word of the program; see ledger_options::key
    wall_time at{};
    std::string by = {};  ///< empty: "adapter"
  };
  /// Compare-and-swap of the state; entering `sending` counts an attempt. errc::stale_state where it is not
  /// `from`, errc::not_found where there is no such row, errc::not_allowed where may_advance says so.
  virtual runtime::task<result<>> advance(change) = 0;
  virtual runtime::task<result<ledger_row>> find(std::string operation) = 0;
  /// Rows in the state, oldest first, at most limit.
  virtual runtime::task<result<std::vector<ledger_row>>> list(write_state, std::size_t limit) = 0;
  /// Every row, oldest first.
  virtual runtime::task<result<std::vector<ledger_row>>> all() = 0;

  // A ledger of few abilities answers the rest with errc::unavailable.

  /// The row of the client's own number.
  virtual runtime::task<result<ledger_row>> find_order(std::string tenant, std::string resource_type,
                                                       std::string order_key);
  /// Keeps what a search has shown. errc::not_found.
  virtual runtime::task<result<>> note_search(std::string operation, search_made);
  virtual runtime::task<result<write_history>> history(std::string operation);
  /// The writes that need a person, with all that is known, oldest first.
  virtual runtime::task<result<std::vector<write_history>>> worklist(std::size_t limit);
  /// «Is in the EHR as ID»: NEEDS_REVIEW -> WRITTEN. errc::stale_state where the row is no longer what the
  /// person saw, errc::not_found, errc::not_allowed without an actor or an id.
  virtual runtime::task<result<>> resolve_written(resolution, std::string resource_id);
  /// «Is not in the EHR: release once»: NEEDS_REVIEW -> PLANNED, under the same identifier. Errors as above;
  /// errc::not_allowed also where it was released before, or is damaged.
  virtual runtime::task<result<>> release_once(resolution);
  /// Removes rows that are settled (not those that need review) and have not changed since `before`, and
  /// returns how many. errc::not_allowed where `before` lies within the retention period.
  virtual runtime::task<result<std::uint64_t>> purge(wall_time before);
  /// See back_up_database.
  virtual runtime::task<result<>> back_up(std::string to);
};

struct ledger_options {
  /// key_bytes random bytes that seal (AES-256-GCM, bound to the operation) what tells of the patient: in
  /// rows patient, encounter, code, payload and its hash, order number, resource id and reason; ids and texts
  /// of transitions and searches. Of the order number a keyed digest keeps it unique. In clear stay
  /// operation, kind, resource type, tenant, states, times, counts, who asked or decided, and reasons that
  /// the program gives as one word of lower-case letters and '_'. A file that was made without a key, or by
  /// an earlier version, is sealed when it is opened. Empty: all of that lies in the file in clear, no
  /// payload is kept, and rows are read back without.
  secret key = {};
  /// Beyond this size of the file new rows are refused, as on a full disk; 0: no bound.
  std::uint64_t max_bytes = 0;
  /// New rows are refused while the file, or its disk, has less room than this left: what is open must still
  /// be settled.
  std::uint64_t reserve_bytes = 16ULL << 20U;
  std::chrono::years retention = default_retention;
};

/// SQLite in WAL mode with synchronous=FULL and group commit: what waits is committed together with one
/// fsync. ":memory:" for a ledger that ends with the process. The file and those beside it have mode 0600 and
/// belong to this object alone: errc::in_use where they have an owner. errc::wrong_key where the file is
/// sealed under another key, or at all and none is given. Blocks while it opens, for long where a large file
/// is to be sealed. errc::unavailable, also for a file of a newer version.
result<std::unique_ptr<ledger>> open_ledger(runtime::runtime&, const std::string& path,
                                            ledger_options options = {});

}  // namespace epicenter::store
