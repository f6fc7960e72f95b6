// The reading half of the adapter: cache, one fetch for everybody who asks at once, and the fallback.
#pragma once

#include <array>
#include <epicenter/epic/degradation.hpp>
#include <epicenter/epic/failure_meaning.hpp>
#include <epicenter/epic/fetch.hpp>
#include <epicenter/epic/flight.hpp>
#include <epicenter/epic/lifecycle.hpp>
#include <epicenter/epic/parking.hpp>
#include <epicenter/epic/patient_merges.hpp>
#include <epicenter/epic/provider_status.hpp>
#include <epicenter/epic/recent_writes.hpp>
#include <epicenter/epic/switches.hpp>
#include <epicenter/epic/under_way.hpp>
#include <map>
#include <span>

namespace epicenter::epic {

/// What the adapter knows of its site and of the patients there; shared by reads and writes.
struct site_state {
  site_profile profile;
  patient_merges merges;
  epic::switches switches = epic::switches();
  writes_under_way under_way = {};
};

class reads {
 public:
  reads(runtime::runtime&, pipeline&, audit_trail&, announcer&, lifecycle&, site_state&,
        const cache_options&);

  runtime::task<result<epic::patient_context>> patient_context(read_request);
  runtime::task<result<labs>> latest_labs(read_request);
  /// Every other list.
  runtime::task<result<section>> list(operation_kind, read_request);
  runtime::task<result<epic::note_content>> note_content(note_request);

  /// A resource of that type may be in the patient's chart since now: what was read of that part, or is on
  /// its way from before, is neither served nor kept. While the write's outcome is open nothing of the part
  /// is (writes_under_way::may_change): every read asks Epic, and fails where Epic cannot answer. A list that
  /// may lack what was just filed is worse than none. With an id, answers that lack that resource are not
  /// kept before `visible_by`.
  void chart_changed(const std::string& type, const std::string& patient, std::string id, instant visible_by);
  void on_breaker(resilience::endpoint_class, const resilience::breaker_event&);
  /// For the provider monitor.
  std::vector<cached_section> cached(instant now) const;
  void shut_down() { degradation_.shut_down(); }

 private:
  using fetch_flight = flight<fetch_result>;
  using flight_ptr = std::shared_ptr<fetch_flight>;
  /// One part on its way to the caller.
  struct part_answer {
    fetched what;
    provenance from;
  };
  using part_result = tl::expected<part_answer, call_failure>;
  /// What was asked for, of the patient that it belongs to now.
  struct gathered {
    std::string patient;
    std::vector<part_answer> parts;
    std::string merged_into;
  };
  /// One round of a read: of one patient, under numbers of its own.
  struct round {
    std::string patient;
    std::uint32_t first_request = 1;
  };

  result<> check(operation_kind, read_request&);
  runtime::task<result<gathered>> gather(std::span<const read_part>, read_request);
  runtime::task<tl::expected<void, call_failure>> gather_once(std::span<const read_part>, read_request, round,
                                                              std::vector<part_answer>& into);
  fetch_origin origin_of(const read_request&, const std::string& patient, std::uint32_t first_request,
                         std::uint32_t stride) const;
  /// Nothing where the caller wants a live answer, or what is kept may have become untrue.
  const fetched* fresh(read_part, const read_request&, const std::string& patient, instant now);
  const fetched* stale(read_part, const read_request&, const std::string& patient, instant now);
  bool may_serve_kept(read_part, const read_request&, const std::string& patient) const;
  tl::expected<flight_ptr, call_failure> join_or_start(read_part, bool live, const std::string& patient,
                                                       fetch_origin);
  runtime::task<> fly_part(read_part, std::string patient, flight_ptr, fetch_origin);
  bool take_off(read_part, const std::string& patient, const flight_ptr&);
  void keep(read_part, const std::string& patient, const fetched&);
  void learn(read_part, const std::string& patient, const fetch_result&);
  runtime::task<part_result> answer_of(read_part, read_request, std::string patient, flight_ptr);
  part_result fall_back(read_part, const read_request&, const std::string& patient, const call_failure&);
  std::string follow_merge(const read_request&, const std::string& merged, const call_failure&);
  void note_refusal(std::string_view type, const std::string& patient, const call_failure&);
  std::optional<call_failure> parked(std::string_view type) const;
  runtime::task<> fly_binary(std::string id, std::shared_ptr<flight<call_result>>, fetch_origin);

  runtime::runtime& runtime_;
  pipeline& pipeline_;
  audit_trail& audit_;
  announcer& told_;
  lifecycle& life_;
  site_state& site_;
  context_cache cache_;
  degradation degradation_;
  parking parking_;
  recent_writes recent_;
  std::array<std::map<std::string, flight_ptr, std::less<>>, read_part_count> flights_;
};

}  // namespace epicenter::epic
