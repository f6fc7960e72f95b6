// A second, slow and obvious breaker: lists instead of words, no concurrency. The property test compares
// against it.
#pragma once

#include <algorithm>
#include <epicenter/resilience/breaker.hpp>
#include <map>
#include <optional>
#include <vector>

namespace epicenter::resilience::testing {

class breaker_model {
 public:
  explicit breaker_model(const breaker_options& o) : o_(o) {}

  struct ticket {
    std::uint64_t generation = 0;
    std::uint64_t probe = 0;
  };

  /// `until` is what the real breaker drew for its last open wait; the model checks the state, not the dice.
  std::optional<ticket> acquire(instant now, instant until) {
    if (state == breaker_state::open) {
      if (now < until) return std::nullopt;
      enter(breaker_state::half_open);
    }
    if (state == breaker_state::half_open) {
      for (auto p = probes.begin(); p != probes.end();) {
        if (now < p->second) {
          ++p;
          continue;
        }
        p = probes.erase(p);
        if (++lost_in_row >= o_.max_lost_probes) {
          enter(breaker_state::open);
          return std::nullopt;
        }
      }
      if (probes.size() >= o_.probe_concurrency) return std::nullopt;
      probes[++last_probe] = now + probe_lease(o_);
      return ticket{generation, last_probe};
    }
    return ticket{generation, 0};
  }

  void complete(const ticket& t, outcome o, instant t1) {
    if (t.generation != generation) return;
    const bool counts = o.is_ok() || o.is_fail();
    if (t.probe != 0) {
      if (probes.erase(t.probe) == 0) return;
      lost_in_row = 0;
      if (!counts) return;
      (o.is_fail() || o.slow() ? bad : good) += 1;
      if (good >= o_.probe_successes) {
        enter(breaker_state::closed);
      } else if (bad >= o_.probe_failures) {
        enter(breaker_state::open);
      }
      return;
    }
    if (!counts) return;
    const std::int64_t epoch = epoch_of(t1);
    const auto n = static_cast<std::int64_t>(o_.buckets);
    if (newest - epoch >= n) return;
    newest = std::max(newest, epoch);
    results.push_back({epoch, o.is_fail(), o.slow()});
    streak = o.is_fail() ? streak + 1 : 0;
    if (rule_holds(t1)) enter(breaker_state::open);
  }

  void release(const ticket& t) {
    if (t.generation == generation && t.probe != 0 && probes.erase(t.probe) == 1) lost_in_row = 0;
  }

  bool rule_holds(instant now) const {
    const window_counts w = window(now);
    const auto share_of = [&](std::uint64_t bad_calls) {
      return static_cast<long double>(bad_calls) / static_cast<long double>(w.calls);
    };
    if (w.calls >= o_.min_calls) {
      const long double limit = static_cast<long double>(o_.failure_rate.ppm) / 1e6L;
      const long double slack = 1e-12L;
      if (o_.failure_rate.ppm > 0 && w.failed > 0) {
        if (o_.failure_rate_exclusive ? share_of(w.failed) > limit + slack
                                      : share_of(w.failed) >= limit - slack)
          return true;
      }
      if (o_.slow_rate.ppm > 0 && w.slow > 0 &&
          share_of(w.slow) >= static_cast<long double>(o_.slow_rate.ppm) / 1e6L - slack) {
        return true;
      }
    }
    return o_.consecutive > 0 && streak >= o_.consecutive;
  }

  window_counts window(instant now) const {
    const std::int64_t here = std::max(epoch_of(now), newest);
    window_counts w;
    for (const result_of& r : results) {
      if (r.epoch > here || here - r.epoch >= static_cast<std::int64_t>(o_.buckets)) continue;
      ++w.calls;
      w.failed += r.failed ? 1 : 0;
      w.slow += r.slow ? 1 : 0;
    }
    w.consecutive = streak;
    return w;
  }

  void enter(breaker_state to) {
    state = to;
    ++generation;
    probes.clear();
    results.clear();
    good = bad = lost_in_row = streak = 0;
    newest = 0;
  }

  breaker_state state = breaker_state::closed;
  std::uint64_t generation = 0;
  std::map<std::uint64_t, instant> probes;

 private:
  struct result_of {
    std::int64_t epoch;
    bool failed;
    bool slow;
  };
  std::int64_t epoch_of(instant t) const {
    return t.time_since_epoch().count() / (o_.window.count() / static_cast<std::int64_t>(o_.buckets));
  }

  breaker_options o_;
  std::vector<result_of> results;
  std::uint64_t last_probe = 0;
  std::uint32_t good = 0;
  std::uint32_t bad = 0;
  std::uint32_t lost_in_row = 0;
  std::uint32_t streak = 0;
  std::int64_t newest = 0;
};

}  // namespace epicenter::resilience::testing
