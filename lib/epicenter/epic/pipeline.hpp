// Carries one FHIR request through the policies: hedge > retry > [peek > bulkhead > limiter > token > breaker
// > time-out > wire].
#pragma once

#include <array>
#include <epicenter/epic/attempt_report.hpp>
#include <epicenter/epic/audit_trail.hpp>
#include <epicenter/epic/endpoint_guard.hpp>
#include <epicenter/epic/provider_status.hpp>
#include <epicenter/epic/spare_blocks.hpp>
#include <epicenter/fhir/request.hpp>
#include <epicenter/resilience/retry_budget.hpp>
#include <epicenter/smart/token_manager.hpp>
#include <functional>

namespace epicenter::epic {

struct pipeline_options {
  http::origin fhir;
  http::origin token;
  resilience::profile profile;
  fhir::request_builder build;
};

/// What the pipeline works with; all outlive it.
struct pipeline_parts {
  http::client& client;
  announcer& told;
  audit_trail& audit;
  runtime::task_group& background;  ///< probes of idle breakers run here
};

class pipeline {
 public:
  pipeline(runtime::runtime&, pipeline_options, pipeline_parts, endpoint_guard::listener on_breaker);
  pipeline(const pipeline&) = delete;
  pipeline& operator=(const pipeline&) = delete;

  /// The token manager sends its requests through post_token, so it is made after the pipeline.
  void use_tokens(smart::token_manager& tokens) { tokens_ = &tokens; }

  /// Where token requests go, once that is known.
  void use_token_server(http::origin where) { options_.token = std::move(where); }

  /// Ends by the call's deadline, give or take the recording of what was sent. The call outlives the task;
  /// its message is completed in place.
  runtime::task<call_result> run(call& asked) { return carry(asked, nullptr); }
  /// Somebody wants to know now: GET /metadata, past an open breaker of its class (not past a forced one).
  runtime::task<probe_report> probe_now();
  /// For the token manager: whatever response came last, or why there is none.
  runtime::task<result<http::response>> post_token(smart::token_request_source, instant deadline);

  endpoint_guard& guard(resilience::endpoint_class endpoint) { return *guards_.at(index_of(endpoint)); }
  const endpoint_guard& guard(resilience::endpoint_class endpoint) const {
    return *guards_.at(index_of(endpoint));
  }
  const fhir::request_builder& build() const { return options_.build; }
  const http::origin& fhir_origin() const { return options_.fhir; }
  const resilience::profile& profile() const { return options_.profile; }
  /// An id for an operation that was given none: a UUID (version 4).
  std::string make_operation_id();

 private:
  struct progress;   // of one call, over its attempts
  struct admission;  // what an attempt holds while it runs
  struct trip;       // one attempt
  struct race;       // of a call and its hedge
  struct journey;    // all of these

  runtime::task<call_result> carry(call&, progress* of_hedge);
  void begin(call&, journey&, instant now);
  std::optional<duration> time_to_hedge(const call&, instant now);
  resilience::hedge_input hedge_input_of(const call&, std::uint32_t attempt, instant now);
  void send_hedge(race&);
  runtime::task<> run_hedge(race&);
  runtime::task<bool> hedge_answers(race&);
  runtime::task<> end_hedge(race&, bool own_answer);

  // Where one of these is refused, the report says why.
  bool admit_at_once(const call&, admission&, instant now);
  runtime::task<> admit(const call&, admission&, instant& now, attempt_report&);
  runtime::task<std::optional<call_failure>> token_for(const call&, admission&, instant& now);
  runtime::task<> record_send(const call&, trip&, attempt_report&);
  bool complete_message(call&, const trip&, attempt_report&) const;
  instant depart(const call&, trip&, progress&);
  runtime::task<http::exchange_result> send(const call&, instant now, instant deadline, http::exchange_stop*);
  void note_dispatch(progress&, instant now);
  void arrive(const call&, trip&, progress&, http::exchange_result&&, attempt_report& into);
  resilience::outcome judge(const call&, trip&, progress&, attempt_report&);
  resilience::outcome bounded(resilience::outcome) const;
  void note_end(const call&, trip&, const attempt_report&, resilience::outcome);
  bool plan_next(const call&, std::uint32_t number, progress&, const attempt_report&);
  runtime::task<> wait_for_next(const call&, const progress&, attempt_report&);
  void on_breaker(resilience::endpoint_class, const resilience::breaker_event&);
  runtime::task<> recover(resilience::endpoint_class);
  runtime::task<call_result> probe(resilience::endpoint_class);
  resilience::retry_budget& budget_of(const call&);

  runtime::runtime& runtime_;
  pipeline_options options_;
  pipeline_parts parts_;
  endpoint_guard::listener on_breaker_;
  smart::token_manager* tokens_ = nullptr;
  std::array<std::unique_ptr<endpoint_guard>, resilience::endpoint_class_count> guards_;
  resilience::retry_budget fhir_budget_;
  resilience::retry_budget token_budget_;
  resilience::random_source backoff_random_;
  runtime::random_stream id_random_;
  spare_blocks<journey> journeys_;
};

}  // namespace epicenter::epic
