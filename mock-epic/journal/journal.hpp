// What the mock saw and did, request by request: the source of truth of the invariants.
#pragma once

#include <cstdint>
#include <deque>
#include <epicenter/base/time.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mock-epic/journal/exchange_detail.hpp"

namespace epicenter::mock {

/// One request. No token, no body, no patient data beyond FHIR ids: those are in the detail, where one is
/// kept.
struct journal_entry {
  std::uint64_t seq = 0;  ///< from 1, gap-free
  std::uint64_t connection = 0;
  std::string request_id;  ///< X-Request-Id as it came
  std::string method;
  std::string path;         ///< without query
  unsigned status = 0;      ///< of the answer; 0 while there is none
  std::uint64_t token = 0;  ///< number of the access token presented, 0: none or unknown
  std::string rule;         ///< lever or check that decided the answer; the true reason of a refusal
  std::string identifier;   ///< of a write: the value of its first identifier
  std::string changed;      ///< "ServiceRequest/<id>" where something was committed; of several the last
  instant received_at{};
  std::optional<instant> committed_at;
  std::optional<instant> responded_at;      ///< the transport had taken the whole answer
  std::shared_ptr<exchange_detail> detail;  ///< empty where the journal keeps none
};

/// What changed the store. Kept for the whole run, never evicted.
enum class change_kind { created, updated, deleted };
struct commit {
  std::uint64_t entry = 0;  ///< seq of the journal entry
  std::string request_id;
  std::string identifier;
  std::string resource;  ///< "ServiceRequest/<id>"
  change_kind what = change_kind::created;
  std::uint32_t version = 1;
};

struct journal_options {
  std::size_t max_entries = 1'000'000;
  std::size_t max_detail_bytes = 16 * 1024 * 1024;  ///< of all details together
  std::size_t max_body_bytes = 16 * 1024;           ///< kept of a body
  bool detail = false;
  std::uint64_t seed = 1;  ///< of the entries' ids

  /// Of the command: with details; full after some ten thousand requests, so that memory then stays as it is.
  static journal_options of_command(std::uint64_t seed);
};

/// Where a request came from, and for which test: what the request itself does not say.
struct request_facts {
  std::string client_ip;
  std::string scheme = "http";
  std::string server_host = "localhost";
  std::uint16_t server_port = 80;
  wall_time received{};
};

/// Entries are bounded by number and, with details, by bytes (the oldest go first and are counted), commits
/// are not.
class journal {
 public:
  journal() : journal(journal_options{}) {}
  explicit journal(journal_options o) : options_(o) {}
  explicit journal(std::size_t max_entries) { options_.max_entries = max_entries; }

  std::uint64_t received(journal_entry);                  ///< gives the entry its number
  void committed(std::uint64_t seq, commit, instant at);  ///< entry and request id are filled in
  void answered(std::uint64_t seq, unsigned status, std::string rule);
  void responded(std::uint64_t seq, instant at);
  void set_token(std::uint64_t seq, std::uint64_t token);
  void clear();

  // Details; without effect where the journal keeps none, or has evicted the entry.
  bool keeps_detail() const { return options_.detail; }
  void describe_request(std::uint64_t seq, const http::request&, request_facts);
  void describe_response(std::uint64_t seq, const http::response&);
  /// Who answered: the stub's id (empty: the FHIR engine), whether there was anything to answer with.
  void matched(std::uint64_t seq, std::string stub_id, bool matched, duration added_delay = {});
  /// Removes entries from WireMock's view: their details go, what the harness reads stays.
  void hide(std::uint64_t seq);
  /// All entries, or those of one isolation key.
  void hide_all(std::string_view isolation);

  /// UUID of an entry, from seed and seq.
  std::string id_of(std::uint64_t seq) const;
  /// The entry of that id, if its detail is there; nullptr otherwise.
  const journal_entry* find_by_id(std::string_view id) const;

  const std::deque<journal_entry>& entries() const { return entries_; }
  const std::vector<commit>& commits() const { return commits_; }
  std::uint64_t evicted() const { return evicted_; }
  std::uint64_t total() const { return next_ - 1; }
  std::size_t detail_bytes() const { return detail_bytes_; }

 private:
  journal_entry* find(std::uint64_t seq);
  exchange_detail* detail_of(std::uint64_t seq);
  void evict_oldest();
  void keep_within_bytes();
  void drop_detail(journal_entry&);

  journal_options options_;
  std::deque<journal_entry> entries_;
  std::vector<commit> commits_;
  std::uint64_t next_ = 1;
  std::uint64_t evicted_ = 0;
  std::size_t detail_bytes_ = 0;
  std::uint64_t detail_from_ = 1;  ///< no entry before it has a detail
};

}  // namespace epicenter::mock
