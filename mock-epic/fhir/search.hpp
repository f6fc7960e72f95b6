// Searches: which parameters count, what is refused, what is found.
#pragma once

#include <epicenter/http/url.hpp>
#include <epicenter/runtime/random.hpp>

#include "mock-epic/fhir/answer.hpp"
#include "mock-epic/fhir/bundle.hpp"
#include "mock-epic/fhir/call.hpp"
#include "mock-epic/fhir/criterion.hpp"
#include "mock-epic/fhir/pager.hpp"
#include "mock-epic/fhir/store.hpp"
#include "mock-epic/fhir/types.hpp"

namespace epicenter::mock::fhir {

/// Epic's page where _count does not say otherwise, and its largest.
inline constexpr std::size_t default_page = 1'000;

/// A page whose session has expired or never was: 400, 4113.
answer answer_session_expired();

class searcher {
 public:
  searcher(store&, runtime::random_stream sessions, runtime::random_stream uuids);

  /// `base` is the absolute URL of the FHIR server as the client reached it.
  /// `asked`: null where nothing meddles.
  answer search(const type_rules&, const http::parameters&, std::string_view base, instant now,
                const call* asked = nullptr);

  pager& pages() { return pager_; }

 private:
  struct plan;
  answer next_page(const type_rules&, std::string_view session, std::string_view base, instant now);
  std::optional<answer> read_parameter(const type_rules&, const std::string& name, const std::string& value,
                                       plan&);
  std::optional<answer> read_control(const std::string& name, const std::string& value, plan&);
  std::optional<answer> refuse_unscoped(const type_rules&, const plan&);
  hits find_identified(const type_rules&, std::string_view alternatives);
  hits find(const type_rules&, const plan&);
  answer write(const type_rules&, const plan&, hits found, std::string self, std::string_view base,
               instant now, std::vector<issue> told);

  store& store_;
  pager pager_;
  runtime::random_stream uuids_;
};

}  // namespace epicenter::mock::fhir
