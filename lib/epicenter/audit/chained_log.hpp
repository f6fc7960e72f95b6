// The audit log of a production installation: SQLite, hash-chained, with signed heads, patient data only
// under keys that can be destroyed (reference: epic, sections 5.3 and 5.5).
#pragma once

#include <epicenter/audit/head.hpp>
#include <epicenter/audit/log.hpp>
#include <epicenter/audit/verification.hpp>
#include <epicenter/store/retention.hpp>
#include <vector>

namespace epicenter::audit {

/// What to look for; what is empty matches everything.
struct query {
  std::string type = {};
  std::string type_prefix = {};  ///< "ehr."
  std::string subject = {};
  std::string user = {};
  std::string patient = {};  ///< pseudonym
  std::optional<wall_time> since = {};
  std::optional<wall_time> until = {};  ///< not included
  std::uint64_t after_seq = 0;          ///< to go on where the last answer ended
  std::size_t limit = 1000;
  bool newest_first = false;
  bool with_phi = false;  ///< patient data in clear, where its key still exists
};

/// Disclosures to one recipient for one purpose: the first in full, then how many and the last (45 CFR
/// 164.528(b)(3)).
struct accounted_disclosure {
  disclosure what;
  wall_time first{};
  wall_time last{};
  std::uint64_t count = 1;
  std::uint64_t first_seq = 0;  ///< the entry
};

/// A request to destroy the key to a patient's data.
struct erasure {
  std::string patient;  ///< pseudonym
  std::string actor;    ///< required
  std::string ticket;   ///< required: where the request lies
  std::string basis;    ///< "GDPR Art. 17(1)(b)"
  wall_time at{};
};

/// Every function is durable when its task completes without error. errc::unavailable where the store cannot
/// be read or written.
class chained_log : public log {
 public:
  virtual runtime::task<result<std::vector<entry>>> find(query) = 0;
  /// The query's answer, without its limit, as a JSON document in a file of mode 0600, put in place when it
  /// is whole. Returns the number of entries.
  virtual runtime::task<result<std::uint64_t>> export_json(query, std::string path) = 0;
  /// What has to be accounted for, oldest first: disclosures without an exception.
  virtual runtime::task<result<std::vector<accounted_disclosure>>> accounting(std::string patient,
                                                                              wall_time since,
                                                                              wall_time until) = 0;
  /// Destroys the key to the patient's data, in the file and in its write-ahead log, and appends a tombstone
  /// without the pseudonym. The entries stay, and the chain still verifies. Copies made before hold the key
  /// still: replace them. True where there was a key. errc::not_allowed without an actor or a ticket.
  virtual runtime::task<result<bool>> forget(erasure) = 0;
  /// Reads the whole log while others append. `kept`: heads from outside; without them a log whose end was
  /// cut off with its last heads looks whole. `trusted`: public keys besides the log's own.
  virtual runtime::task<result<verification>> verify(std::vector<signed_head> kept,
                                                     std::vector<std::string> trusted) = 0;
  /// Signs the last entry now; empty where it is signed. errc::not_allowed without a head key.
  virtual runtime::task<result<std::optional<signed_head>>> sign_head() = 0;
  /// Removes the oldest entries up to the last signed head all of whose entries are older than `before`, and
  /// returns how many. The head stays, and the chain verifies from it. errc::not_allowed where `before` lies
  /// within the retention period, or without a head key.
  virtual runtime::task<result<std::uint64_t>> purge(wall_time before, std::string actor) = 0;
  /// See store::back_up_database.
  virtual runtime::task<result<>> back_up(std::string to) = 0;
  virtual const std::string& id() const = 0;
};

struct chained_log_options {
  /// store::key_bytes random bytes that wrap the keys of patients. Empty: an entry with patient data is
  /// refused.
  secret key_of_keys = {};
  std::optional<head_key> signer = {};
  /// A head is signed after so many entries, and not later than so long after an entry.
  std::uint64_t entries_a_head = 1000;
  duration time_a_head = 60s;
  head_exporter on_head = {};
  std::chrono::years retention = store::default_retention;
};

/// WAL, synchronous=FULL, group commit. ":memory:" for a log that ends with the process. The file and those
/// beside it have mode 0600 and belong to this object alone: errc::in_use. errc::wrong_key,
/// errc::unavailable. Blocks while it opens.
result<std::unique_ptr<chained_log>> open_chained_log(runtime::runtime&, const std::string& path,
                                                      chained_log_options options = {});

}  // namespace epicenter::audit
