// What the mock saw and did, request by request: the source of truth of the invariants.
#pragma once

#include <cstdint>
#include <deque>
#include <epicenter/base/time.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::mock {

/// One request. No token, no body, no patient data beyond FHIR ids.
struct journal_entry {
  std::uint64_t seq = 0;  ///< from 1, gap-free
  std::uint64_t connection = 0;
  std::string request_id;  ///< X-Request-Id as it came
  std::string method;
  std::string path;         ///< without query
  unsigned status = 0;      ///< of the answer; 0 while there is none
  std::uint64_t token = 0;  ///< number of the access token presented, 0: none or unknown
  std::string rule;         ///< lever or check that decided the answer; the true reason of a refusal
  std::string identifier;   ///< of a create: the value of its first identifier
  std::string created;      ///< "ServiceRequest/<id>" where one was committed
  instant received_at{};
  std::optional<instant> committed_at;
  std::optional<instant> responded_at;  ///< the transport had taken the whole answer
};

/// A create that changed the store. Kept for the whole run, never evicted.
struct commit {
  std::uint64_t entry = 0;  ///< seq of the journal entry
  std::string request_id;
  std::string identifier;
  std::string resource;  ///< "ServiceRequest/<id>"
};

/// Entries are bounded (the oldest go first and are counted), commits are not.
class journal {
 public:
  explicit journal(std::size_t max_entries = 1'000'000) : max_entries_(max_entries) {}

  std::uint64_t received(journal_entry);  ///< gives the entry its number
  void committed(std::uint64_t seq, std::string identifier, std::string resource, instant at);
  void answered(std::uint64_t seq, unsigned status, std::string rule);
  void responded(std::uint64_t seq, instant at);
  void set_token(std::uint64_t seq, std::uint64_t token);
  void clear();

  const std::deque<journal_entry>& entries() const { return entries_; }
  const std::vector<commit>& commits() const { return commits_; }
  std::uint64_t evicted() const { return evicted_; }
  std::uint64_t total() const { return next_ - 1; }

 private:
  journal_entry* find(std::uint64_t seq);
  std::size_t max_entries_;
  std::deque<journal_entry> entries_;
  std::vector<commit> commits_;
  std::uint64_t next_ = 1;
  std::uint64_t evicted_ = 0;
};

}  // namespace epicenter::mock
