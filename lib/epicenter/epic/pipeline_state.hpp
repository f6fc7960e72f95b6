// What the pipeline keeps of a call while it runs.
#pragma once

#include <epicenter/epic/pipeline.hpp>
#include <epicenter/http/exchange_stop.hpp>

namespace epicenter::epic {

struct pipeline::progress {
  std::uint32_t numbered = 0;  ///< numbers given to attempts of this call, its hedge's among them
  std::uint32_t counted = 0;   ///< attempts as the retry rule counts them: the one after a 401 is free
  bool token_renewed = false;
  duration previous_delay{};
  resilience::retry_decision decision;
  resilience::budget_token token;
  race* in_race = nullptr;            ///< the call may get a hedge
  std::optional<instant> dispatched;  ///< the first attempt, to the transport
  bool sent = false;                  ///< at least one attempt was
  bool lost = false;                  ///< the other try of the race has the answer: cancelled for that
};

/// A call that may get a hedge: one attempt beside its first one. Until it has one, this is all it costs.
struct pipeline::race final : hedge_watcher {
  race(pipeline& p, const call& what, progress& own, instant begin, duration wait)
      : of(p), asked(what), first(own), began(begin), after(wait) {}

  void on_due() override { of.send_hedge(*this); }

  pipeline& of;
  const call& asked;
  progress& first;  ///< of the call as ever, with its repetitions
  instant began;
  duration after;
  http::exchange_stop stop_first;
  struct second_try {
    explicit second_try(runtime::runtime& rt) : ended(rt), running(rt) {}
    bool answered() const { return end.has_value() && end->has_value(); }
    progress so_far;
    std::optional<call_result> end;
    runtime::event ended;
    runtime::task_group running;
  };
  std::unique_ptr<second_try> hedge;  ///< null until it was sent
};

struct pipeline::admission {
  resilience::bulkhead_slot slot;
  bool past_limiter = false;
  std::optional<resilience::rejection> no_permit;  ///< the breaker said no, once
  resilience::permit permit;
  smart::token_ptr token;  ///< empty where the call carries none
  instant started{};
};

struct pipeline::trip {
  trip(const call& asked, std::uint32_t number) : id{asked.operation, asked.request, number} {}

  call_id id;
  std::string subject;  ///< the id in the audit log and on the wire
  admission held;
  attempt_times times;
};

struct pipeline::journey {
  progress own;
  std::optional<race> both;
  std::optional<trip> once;  ///< the attempt that runs
  attempt_report report;     ///< of the last one
};

}  // namespace epicenter::epic
