// The pages of search results that clients have not fetched yet, by session.
#pragma once

#include <deque>
#include <epicenter/base/time.hpp>
#include <epicenter/runtime/random.hpp>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "mock-epic/fhir/search_query.hpp"

namespace epicenter::mock::fhir {

/// Epic does not publish how long a session lives; five minutes are assumed. The oldest session goes when
/// there are more than the bounds. A resource that many sessions hold weighs once, as it does in memory:
/// weighed in each, the searches of a few dozen clients in one large chart would push each other out.
inline constexpr duration session_lifetime = 5min;
inline constexpr std::size_t max_sessions = 1'000;
inline constexpr std::size_t max_session_bytes = std::size_t{64} << 20;

/// What a search found, kept for its further pages.
struct search_session {
  std::string path;  ///< "Observation": where its pages are asked for
  hits all;
  search_query query;
  std::vector<issue> issues;  ///< told on the last page
  std::optional<std::size_t> total;
};

class pager {
 public:
  explicit pager(runtime::random_stream random) : random_(random) {}

  struct page {
    const search_session* session;  ///< valid until the pager is used again
    hits resources;
    std::string next, previous, first;  ///< session ids, or empty
    bool last = false;
  };

  /// Gives the session id of the second page: "2-677B4277467911F1BE0E005056BECC4A".
  std::string keep(search_session, instant now);
  /// Nothing where the session has expired or never was. The same id gives the same page again.
  std::optional<page> fetch(std::string_view session_id, std::string_view path, instant now);

 private:
  struct kept {
    search_session session;
    instant expires_at;
  };
  void forget(instant now);
  void weigh(const search_session&);
  void unweigh(const search_session&);

  runtime::random_stream random_;
  std::map<std::string, kept, std::less<>> sessions_;
  std::deque<std::string> by_age_;
  std::unordered_map<const resource*, std::uint32_t> holders_;  ///< sessions that hold it
  std::size_t bytes_ = 0;
};

}  // namespace epicenter::mock::fhir
