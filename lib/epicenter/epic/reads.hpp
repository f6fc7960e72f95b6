// The reading half of the adapter: cache, one fetch for everybody who asks at once, and the fallback.
#pragma once

#include <array>
#include <epicenter/epic/degradation.hpp>
#include <epicenter/epic/fetch.hpp>
#include <epicenter/epic/flight.hpp>
#include <epicenter/epic/lifecycle.hpp>
#include <epicenter/epic/provider_status.hpp>
#include <map>

namespace epicenter::epic {

class reads {
 public:
  reads(runtime::runtime&, pipeline&, audit_trail&, announcer&, lifecycle&, const cache_options&);

  runtime::task<result<epic::patient_context>> patient_context(read_request);
  runtime::task<result<labs>> latest_labs(read_request);

  void on_breaker(resilience::endpoint_class, const resilience::breaker_event&);
  /// For the provider monitor.
  std::vector<cached_section> cached(instant now) const;
  void shut_down() { degradation_.shut_down(); }

 private:
  using fetch_flight = flight<fetch_result>;
  using flight_ptr = std::shared_ptr<fetch_flight>;
  /// One part of the context on its way to the caller.
  struct part_answer {
    fetched what;
    provenance from;
  };

  result<> check(read_request&);
  fetch_origin origin_of(const read_request&, std::uint32_t first_request, std::uint32_t stride);
  flight_ptr join_or_start(context_part, const read_request&);
  runtime::task<> fly_part(context_part, std::string patient, flight_ptr, fetch_origin);
  runtime::task<> fly_labs(std::string patient, flight_ptr, fetch_origin);
  void learn(context_part, const std::string& patient, const fetch_result&);
  runtime::task<result<part_answer>> answer_of(context_part, const read_request&, flight_ptr);
  result<part_answer> fall_back(context_part, const read_request&, const call_failure&);

  runtime::runtime& runtime_;
  pipeline& pipeline_;
  audit_trail& audit_;
  announcer& told_;
  lifecycle& life_;
  context_cache cache_;
  degradation degradation_;
  std::array<std::map<std::string, flight_ptr, std::less<>>, context_part_count> flights_;
};

}  // namespace epicenter::epic
