// What the pipeline keeps of a call while it runs.
#pragma once

#include <epicenter/epic/pipeline.hpp>

namespace epicenter::epic {

struct pipeline::progress {
  std::uint32_t sent = 0;     ///< attempts made: the number on the wire
  std::uint32_t counted = 0;  ///< attempts as the retry rule counts them: the one after a 401 is free
  bool token_renewed = false;
  duration previous_delay{};
  resilience::retry_decision decision;
  resilience::budget_token token;
};

struct pipeline::admission {
  resilience::bulkhead_slot slot;
  resilience::permit permit;
  smart::token_ptr token;  ///< empty where the call carries none
  instant started{};
};

}  // namespace epicenter::epic
