// Stop conditions, watched while an experiment runs.
#pragma once

#include <optional>

#include "harness/verdict/observations.hpp"

namespace epicenter::verdict {

/// Asked about once a second; says which condition, if any, has held without a break for its `lasting`.
class stop_watch {
 public:
  explicit stop_watch(const std::vector<scenario::stop_condition>& conditions)
      : conditions_(conditions), since_(conditions.size()) {}

  /// Rates and latencies are over what finished in the last two seconds, of what this phase began; counts and
  /// degraded_time over the phase so far; retry_amplification over the experiment so far.
  const scenario::stop_condition* holds(const observations&, scenario::phase, instant now);

 private:
  const std::vector<scenario::stop_condition>& conditions_;
  std::vector<std::optional<instant>> since_;
};

/// "success_rate below 90% for 10s"
std::string text_of(const scenario::stop_condition&);

}  // namespace epicenter::verdict
