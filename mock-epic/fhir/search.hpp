// Searches: what is refused, what is found, which page of it is answered.
#pragma once

#include <epicenter/http/url.hpp>
#include <epicenter/runtime/random.hpp>

#include "mock-epic/fhir/bundle.hpp"
#include "mock-epic/fhir/pager.hpp"
#include "mock-epic/fhir/search_task.hpp"

namespace epicenter::mock::fhir {

/// Charts that one page of a search through a large hospital looks through.
inline constexpr std::size_t max_charts_a_page = 200;

struct search_options {
  bool orders = false;
  std::size_t small_hospital = 500;  ///< patients; see search_world
};

class searcher {
 public:
  searcher(store&, search_options, runtime::random_stream sessions, runtime::random_stream uuids);

  /// The route says where: a type, a compartment, or all types.
  answer search(const call&, const http::parameters&);
  /// All that the parameters find of a type, for conditional interactions: without paging, in the order of
  /// filing, as far as the call may see it. Parameters that are not understood refuse it, as R4 wants it of
  /// conditions.
  std::variant<hits, answer> find_all(const call&, type_id, const http::parameters&);

  pager& pages() { return pager_; }

 private:
  answer next_page(search_task&, std::string_view session);
  answer scan(search_task&);
  answer write_all(search_task&, hits found, std::vector<issue> issues);
  answer write_page(search_task&, const search_query&, bundle_parts, const hits& page,
                    const std::vector<issue>& issues);
  std::vector<issue> told_by_epic(const search_task&, bool empty) const;

  store& store_;
  bool orders_;
  std::size_t small_hospital_;
  pager pager_;
  runtime::random_stream uuids_;
};

}  // namespace epicenter::mock::fhir
