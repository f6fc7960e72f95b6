// The pages of search results that clients have not fetched yet, by session.
#pragma once

#include <deque>
#include <epicenter/base/time.hpp>
#include <epicenter/runtime/random.hpp>
#include <map>
#include <optional>
#include <string>

#include "mock-epic/fhir/store.hpp"
#include "mock-epic/fhir/types.hpp"

namespace epicenter::mock::fhir {

/// Epic does not publish how long a session lives; five minutes are assumed. The oldest session goes when
/// there are more than the bound.
inline constexpr duration session_lifetime = 5min;
inline constexpr std::size_t max_sessions = 1'000;

class pager {
 public:
  explicit pager(runtime::random_stream random) : random_(random) {}

  struct page {
    type_id type;
    hits resources;
    std::string next;  ///< session id of the page after it, or empty
  };

  /// Keeps all results and gives the session id of the second page: "2-677B4277467911F1BE0E005056BECC4A".
  std::string keep(type_id, hits all, std::size_t page_size, instant now);
  /// Nothing where the session has expired or never was. The same id gives the same page again.
  std::optional<page> fetch(std::string_view session_id, instant now);

 private:
  struct session {
    type_id type;
    hits all;
    std::size_t page_size;
    instant expires_at;
  };
  void forget(instant now);

  runtime::random_stream random_;
  std::map<std::string, session, std::less<>> sessions_;
  std::deque<std::string> by_age_;
};

}  // namespace epicenter::mock::fhir
