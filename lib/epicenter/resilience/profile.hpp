// All figures of the resilience policies, by name.
#pragma once

#include <array>
#include <cstddef>
#include <epicenter/base/time.hpp>
#include <epicenter/resilience/breaker_options.hpp>
#include <epicenter/resilience/bulkhead.hpp>
#include <epicenter/resilience/endpoint_class.hpp>
#include <epicenter/resilience/hedge.hpp>
#include <epicenter/resilience/limiter.hpp>
#include <epicenter/resilience/retry.hpp>
#include <epicenter/resilience/retry_budget.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace epicenter::resilience {

struct class_profile {
  duration attempt_timeout = 5s;
  bulkhead_options bulkhead;
  breaker_options breaker;
  limiter_options limiter;
  hedge_options hedge;

  classifier_limits limits() const { return classifier_limits{breaker.slow_after, attempt_timeout}; }
};

/// A plain value: take one by name, override what differs. Overriding a class's attempt_timeout should
/// override breaker.attempt_timeout as well; set_attempt_timeout does both.
struct profile {
  std::string name;
  /// Of an operation, from its start.
  duration deadline = 10s;
  duration connect_timeout = 2s;
  retry_options retry;
  retry_budget_options budget;
  std::array<class_profile, endpoint_class_count> classes;

  class_profile& operator[](endpoint_class c) { return classes[index_of(c)]; }
  const class_profile& operator[](endpoint_class c) const { return classes[index_of(c)]; }
  void set_attempt_timeout(endpoint_class, duration);
};

profile interactive_profile();
profile bulk_profile();
profile runbook_profile();
/// "interactive", "bulk", "runbook"; nothing for another name.
std::optional<profile> profile_named(std::string_view);

}  // namespace epicenter::resilience
