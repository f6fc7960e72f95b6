// A breaker and its model, side by side over random steps: the six invariants of the specification are asked
// at each. A defect can be planted between the walk and the breaker, to prove that it would be found.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "lib/epicenter/resilience/tests/breaker_model.hpp"
#include "lib/epicenter/resilience/tests/draws.hpp"

namespace epicenter::resilience::testing {

enum class defect {
  none,
  leases_never_end,         // of the peers: a probe that is never completed blocks for ever
  late_results_count,       // a result of an older state decides about the new one
  cancelled_probe_is_good,  // neutral taken for ok
  completed_twice_counts_twice,
  slow_is_ignored,
  in_flight_counts,  // a call counts when it begins
  one_probe_more,
  window_one_bucket_short,
  one_call_less_is_enough,
  rate_bound_the_other_way,  // > for >= and the reverse
  never_waits_longer,        // no growth
  hint_is_ignored,
  permit_leaks,  // neither completed nor released
  event_is_lost,
  force_has_no_end,
  three_lost_probes_do_nothing,
};
inline constexpr int defect_count = static_cast<int>(defect::three_lost_probes_do_nothing) + 1;

breaker_options random_options(draws&);

class breaker_walk {
 public:
  explicit breaker_walk(std::uint64_t seed, defect planted = defect::none);

  /// What was violated first, and at which step; empty: nothing.
  std::string run(int steps);
  /// Transitions by cause so far: a walk that reaches few of them proves little.
  const std::array<std::uint64_t, 9>& transitions() const { return transitions_; }

 private:
  struct call {
    permit real;
    breaker_model::ticket model;
  };

  void step();
  void acquire();
  void complete();
  void complete_twice();
  void release();
  void manual();
  outcome random_outcome();
  void count_again(outcome);
  void finish_real(call&, outcome, instant t1);

  void check();
  void check_rejection(const breaker_snapshot&);
  void check_events();
  void check_opening(const breaker_event&);
  void check_liveness();
  void expect(bool holds, const char* what) {
    if (!holds && violated_.empty()) violated_ = what;
  }

  std::size_t any() { return static_cast<std::size_t>(random_.below(calls_.size())); }
  void forget(std::size_t i);
  instant as_seen(instant now) const;

  defect planted_;
  draws random_;
  breaker_options options_;
  breaker_model model_;
  draws jitter_;
  breaker real_;
  instant now_ = at(100s);
  instant frozen_ = instant::max();
  std::vector<call> calls_;
  std::vector<permit> leaked_;
  std::string violated_;
  std::uint64_t fail_weight_ = 3;
  std::uint64_t acquired_ = 0;
  std::uint64_t completed_ = 0;
  std::uint64_t released_ = 0;
  std::uint64_t second_ = 0;
  std::uint64_t cursor_ = 1;
  std::array<std::uint64_t, 9> transitions_{};
  breaker_state told_ = breaker_state::closed;
};

}  // namespace epicenter::resilience::testing
