// What the pipeline keeps of a call while it runs.
#pragma once

#include <epicenter/epic/pipeline.hpp>

namespace epicenter::epic {

struct pipeline::progress {
  std::uint32_t numbered = 0;  ///< numbers given to attempts of this call, its hedge's among them
  std::uint32_t counted = 0;   ///< attempts as the retry rule counts them: the one after a 401 is free
  bool token_renewed = false;
  duration previous_delay{};
  resilience::retry_decision decision;
  resilience::budget_token token;
  race* in_race = nullptr;            ///< the call may have a hedge
  std::optional<instant> dispatched;  ///< the first attempt, to the transport
  bool lost = false;                  ///< the other try of the race has the answer: cancelled for that
};

/// A call and its hedge, over two tries that run at once. The first try is the call as ever, with its
/// retries; the hedge is one attempt.
struct pipeline::race {
  race(runtime::runtime& rt, call what) : asked(std::move(what)), moved(rt), first_task(rt), hedge_task(rt) {}

  call asked;
  runtime::event moved;  ///< the first try was dispatched, or one of them ended
  progress first;
  progress hedge;
  std::optional<call_result> first_end;
  std::optional<call_result> hedge_end;
  bool hedged = false;
  runtime::task_group first_task;
  runtime::task_group hedge_task;
};

struct pipeline::admission {
  resilience::bulkhead_slot slot;
  resilience::permit permit;
  smart::token_ptr token;  ///< empty where the call carries none
  instant started{};
};

}  // namespace epicenter::epic
