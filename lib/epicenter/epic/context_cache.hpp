// What was read of patients, for as long as it may be served. Bounded in bytes; what was not used for longest
// goes first.
#pragma once

#include <cstddef>
#include <epicenter/epic/adapter.hpp>
#include <epicenter/epic/read_part.hpp>
#include <epicenter/fhir/completeness.hpp>
#include <list>
#include <set>
#include <string>
#include <unordered_map>

namespace epicenter::epic {

/// One whole answer: every page of it.
struct fetched {
  resource_list resources;
  resource_ptr single;  ///< of a read: the resource
  bool partial = false;
  fhir::missing_set missing;  ///< why it is partial
  std::size_t bytes = 0;      ///< of the answer's text
  instant at{};
};

/// One site and one client's authorisation: what another client may see is another object. Key: part and
/// patient.
///
/// An entry that goes is freed, not overwritten. Callers may hold the same resources for longer, and the
/// answer's text went through buffers of HTTP, TLS and gzip that are freed in the same way: wiping this one
/// copy would promise what does not hold. What keeps freed memory from others is the host's: no core dumps,
/// no swap.
class context_cache {
 public:
  explicit context_cache(const cache_options& options) : options_(options) {}

  /// Zero where a part is never kept.
  const freshness& bounds_of(read_part part) const;
  bool keeps(read_part) const;
  /// Younger than the bound; nothing at or beyond it. The pointer holds until the cache is changed.
  const fetched* fresh(read_part part, const std::string& patient, instant now);
  const fetched* stale(read_part part, const std::string& patient, instant now);
  void put(read_part part, const std::string& patient, fetched what);
  /// Epic says that it is gone, or not for this client: it must not be served any more.
  void drop(read_part part, const std::string& patient);
  void drop_all(const std::string& patient);
  /// Epic says that there is no such patient (any more): nothing of it is served or kept, not even an answer
  /// that is still on its way, until a live read of the patient proves the contrary.
  void bury(const std::string& patient);
  bool is_buried(const std::string& patient) const { return tombstones_.contains(patient); }

  /// What may still be served of one part. Looks at every entry.
  struct stock {
    std::uint64_t patients = 0;
    duration youngest{};
    duration oldest{};
  };
  stock stock_of(read_part part, instant now) const;

  std::size_t bytes() const { return bytes_; }
  std::size_t entries() const { return index_.size(); }

 private:
  struct entry {
    std::string key;
    fetched what;
  };
  using place = std::list<entry>::iterator;

  const fetched* younger_than(duration bound, read_part part, const std::string& patient, instant now);
  void erase(place);

  cache_options options_;
  std::list<entry> by_use_;                       // most recently used first
  std::unordered_map<std::string, place> index_;  // never iterated
  std::size_t bytes_ = 0;
  std::set<std::string, std::less<>> tombstones_;
};

}  // namespace epicenter::epic
