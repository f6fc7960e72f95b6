// What was read of patients, for as long as it may be served. Bounded in bytes; what was not used for longest
// goes first.
#pragma once

#include <cstddef>
#include <epicenter/epic/adapter.hpp>
#include <list>
#include <string>
#include <unordered_map>

namespace epicenter::epic {

enum class context_part : std::uint8_t { demographics, allergies, problems, medications };
inline constexpr std::size_t context_part_count = 4;

/// One whole answer: every page of it.
struct fetched {
  resource_list resources;
  resource_ptr single;  ///< of a read: the resource
  bool partial = false;
  std::size_t bytes = 0;  ///< of the answer's text
  instant at{};
};

/// One site and one client's authorisation: what another client may see is another object. Key: part and
/// patient.
class context_cache {
 public:
  explicit context_cache(const cache_options& options) : options_(options) {}

  const freshness& bounds_of(context_part part) const {
    return part == context_part::demographics ? options_.demographics : options_.clinical;
  }
  /// Younger than the bound; nothing at or beyond it. The pointer holds until the cache is changed.
  const fetched* fresh(context_part part, const std::string& patient, instant now);
  const fetched* stale(context_part part, const std::string& patient, instant now);
  void put(context_part part, const std::string& patient, fetched what);
  /// Epic says that it is gone: it must not be served any more.
  void drop(context_part part, const std::string& patient);

  /// What may still be served of one part. Looks at every entry.
  struct stock {
    std::uint64_t patients = 0;
    duration youngest{};
    duration oldest{};
  };
  stock stock_of(context_part part, instant now) const;

  std::size_t bytes() const { return bytes_; }
  std::size_t entries() const { return index_.size(); }

 private:
  struct entry {
    std::string key;
    fetched what;
  };
  using place = std::list<entry>::iterator;

  const fetched* younger_than(duration bound, context_part part, const std::string& patient, instant now);
  void erase(place);

  cache_options options_;
  std::list<entry> by_use_;                       // most recently used first
  std::unordered_map<std::string, place> index_;  // never iterated
  std::size_t bytes_ = 0;
};

}  // namespace epicenter::epic
