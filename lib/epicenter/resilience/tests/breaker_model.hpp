// A second, slow and obvious breaker: lists instead of words, no concurrency. The property test compares
// against it.
#pragma once

#include <algorithm>
#include <epicenter/resilience/breaker.hpp>
#include <map>
#include <optional>

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
    settle(now);
    if (state == breaker_state::forced_open) return std::nullopt;
    if (state == breaker_state::open) {
      if (now < until) return std::nullopt;
      enter(breaker_state::half_open, now);
    }
    if (state != breaker_state::half_open) return ticket{generation, 0};
    for (auto p = probes.begin(); p != probes.end();) {
      if (now < p->second) {
        ++p;
        continue;
      }
      p = probes.erase(p);
      if (++lost_in_row < o_.max_lost_probes) continue;
      open(now);
      return std::nullopt;
    }
    if (probes.size() >= o_.probe_concurrency) return std::nullopt;
    probes[++last_probe] = now + probe_lease(o_);
    return ticket{generation, last_probe};
  }

  void complete(const ticket& t, outcome o, instant t1) {
    if (t.generation != generation) return;
    if (o.retry_after() > 0ns) hint = std::max(hint, t1 + std::min(o.retry_after(), o_.server_hint_max));
    const bool counts = o.is_ok() || o.is_fail();
    if (t.probe != 0) {
      if (probes.erase(t.probe) == 0) return;
      lost_in_row = 0;
      if (counts) judge_probe(o, t1);
      return;
    }
    if (!counts || state == breaker_state::forced_closed) return;
    const std::int64_t epoch = epoch_of(t1);
    if (newest - epoch >= size()) return;
    newest = std::max(newest, epoch);
    forget_old();
    bucket& b = results[epoch];
    ++b.calls;
    b.failed += o.is_fail() ? 1u : 0u;
    b.slow += o.slow() ? 1u : 0u;
    streak = o.is_fail() ? streak + 1 : 0;
    if (state == breaker_state::closed && rule_holds(t1)) open(t1);
  }

  void release(const ticket& t) {
    if (t.generation == generation && t.probe != 0 && probes.erase(t.probe) == 1) lost_in_row = 0;
  }

  /// True when it changes the state.
  bool force(breaker_state to, instant now, duration ttl) {
    settle(now);
    if (state == to) return false;
    forced_until = ttl == 0ns ? instant::max() : now + ttl;
    enter(to, now);
    return true;
  }
  bool reset(instant now) {
    settle(now);
    const bool changes = state != breaker_state::closed;
    openings = 0;
    hint = instant{};
    enter(breaker_state::closed, now);
    return changes;
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
    for (const auto& [epoch, b] : results) {
      if (here - epoch >= size()) continue;
      w.calls += b.calls;
      w.failed += b.failed;
      w.slow += b.slow;
    }
    w.consecutive = streak;
    return w;
  }

  /// What the last opening had to wait, but for jitter and a server's wish.
  duration plain_wait() const {
    long double wait = static_cast<long double>(o_.open_base.count());
    for (std::uint32_t k = 1; k < openings; ++k) wait *= static_cast<long double>(o_.growth_percent) / 100;
    return duration(static_cast<std::int64_t>(std::min(wait, static_cast<long double>(o_.open_max.count()))));
  }

  breaker_state state = breaker_state::closed;
  std::uint64_t generation = 0;
  std::map<std::uint64_t, instant> probes;
  std::uint32_t openings = 0;
  instant hint{};

 private:
  struct bucket {
    std::uint64_t calls = 0;
    std::uint64_t failed = 0;
    std::uint64_t slow = 0;
  };

  std::int64_t size() const { return static_cast<std::int64_t>(o_.buckets); }
  std::int64_t epoch_of(instant t) const {
    return t.time_since_epoch().count() / (o_.window.count() / size());
  }
  void forget_old() { results.erase(results.begin(), results.upper_bound(newest - size())); }

  void settle(instant now) {
    if (now < forced_until) return;
    if (state == breaker_state::forced_open) {
      enter(breaker_state::half_open, now);
    } else if (state == breaker_state::forced_closed || state == breaker_state::metrics_only) {
      enter(breaker_state::closed, now);
    }
  }

  void judge_probe(outcome o, instant t1) {
    (o.is_fail() || o.slow() ? bad : good) += 1;
    if (o_.probe_full_window && good + bad < o_.probe_successes + o_.probe_failures - 1) return;
    if (good >= o_.probe_successes) {
      enter(breaker_state::closed, t1);
    } else if (bad >= o_.probe_failures) {
      open(t1);
    }
  }

  void open(instant now) {
    if (state == breaker_state::closed && now - closed_at >= o_.stability) openings = 0;
    ++openings;
    enter(breaker_state::open, now);
  }

  void enter(breaker_state to, instant now) {
    if (to == breaker_state::closed) closed_at = now;
    state = to;
    ++generation;
    probes.clear();
    results.clear();
    good = bad = lost_in_row = streak = 0;
    newest = 0;
  }

  breaker_options o_;
  std::map<std::int64_t, bucket> results;
  std::uint64_t last_probe = 0;
  std::uint32_t good = 0;
  std::uint32_t bad = 0;
  std::uint32_t lost_in_row = 0;
  std::uint32_t streak = 0;
  std::int64_t newest = 0;
  instant closed_at{};
  instant forced_until = instant::max();
};

}  // namespace epicenter::resilience::testing
