// The circuit breaker.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <epicenter/base/time.hpp>
#include <epicenter/resilience/breaker_event.hpp>
#include <epicenter/resilience/breaker_options.hpp>
#include <epicenter/resilience/breaker_window.hpp>
#include <epicenter/resilience/outcome.hpp>
#include <epicenter/resilience/permit.hpp>
#include <epicenter/resilience/random_source.hpp>
#include <epicenter/resilience/rejection.hpp>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace epicenter::resilience {

/// Totals since construction. granted == completed + released + permits that still live.
struct breaker_counters {
  std::uint64_t granted = 0;
  std::uint64_t completed = 0;  ///< first completions, late ones included
  std::uint64_t released = 0;
  std::uint64_t late = 0;    ///< completions of another generation, or of a probe whose lease was reclaimed
  std::uint64_t second = 0;  ///< completions of a permit that was completed before
  std::uint64_t rejected = 0;
  std::uint64_t probes_lost = 0;
  /// Events that the listener was too slow for.
  std::uint64_t events_dropped = 0;
};

struct breaker_snapshot {
  breaker_state state = breaker_state::closed;
  std::uint64_t generation = 0;
  /// Open: when probes begin. Forced: when the force ends; nullopt: never, or another state.
  std::optional<instant> until;
  /// Openings since the last close that lasted `stability`.
  std::uint32_t openings = 0;
  std::uint32_t probes_out = 0;
  window_counts window;
  breaker_counters counters;
  /// Where a new reader of events starts.
  std::uint64_t next_seq = 1;
};

/// closed -> open on too many failed, slow or consecutively failed calls; after a wait half_open, in which a
/// few probes decide. Thread-safe. While closed, acquire and complete take no lock, allocate nothing and call
/// nobody; rejecting is cheaper still. No clock: time is an argument and must be the same monotonic clock at
/// every call.
class breaker {
 public:
  /// Called after each event, in order of seq, one at a time, never under the lock, on the thread whose call
  /// caused it (or that was already delivering). May call the breaker. Must not throw. An owner wakes its
  /// queued waiters here.
  using listener = std::function<void(const breaker_event&)>;

  /// The random source gives the jitter; it is called under the lock and must not call the breaker. Throws
  /// check_failed on options out of range.
  breaker(breaker_options, random_source, listener = {});
  ~breaker() = default;
  breaker(const breaker&) = delete;
  breaker& operator=(const breaker&) = delete;

  /// At dispatch: takes a probe slot when half open, moves open to half_open when the wait has passed.
  tl::expected<permit, rejection> acquire(instant now);
  /// Before queueing: would acquire reject right now? Takes nothing, changes nothing.
  std::optional<rejection> peek(instant now) const;

  breaker_state state() const { return state_of(ctl_.load(std::memory_order_acquire)); }
  std::uint64_t generation() const { return generation_of(ctl_.load(std::memory_order_acquire)); }
  /// End of the current or last open wait; the epoch if it never opened.
  instant until() const { return instant(duration(until_.load(std::memory_order_acquire))); }
  breaker_snapshot snapshot(instant now) const;
  const breaker_options& options() const { return options_; }

  /// Manual control. True when the state changed: a new generation and one event. A call that asks for the
  /// state that already is publishes nothing. A force ends by itself after ttl (0: not before the process
  /// does): forced_open in half_open, the others in closed. ttl must not be negative.
  bool force_open(instant now, duration ttl, std::string actor, std::string reason);
  bool force_closed(instant now, duration ttl, std::string actor, std::string reason);
  /// Counts, and never opens.
  bool watch_only(instant now, duration ttl, std::string actor, std::string reason);
  bool to_half_open(instant now, std::string actor, std::string reason);
  /// To closed with an empty window; the growth of the open wait starts anew. In closed that happens without
  /// an event.
  bool reset(instant now, std::string actor, std::string reason);

  event_batch drain_events(std::uint64_t cursor) const;
  /// The state as it stands, as an event (see event_batch::standing).
  breaker_event standing() const;

 private:
  friend class permit;

  static constexpr unsigned state_shift = 61;
  static constexpr std::uint64_t generation_mask = (std::uint64_t{1} << state_shift) - 1;
  static breaker_state state_of(std::uint64_t ctl) { return static_cast<breaker_state>(ctl >> state_shift); }
  static std::uint64_t generation_of(std::uint64_t ctl) { return ctl & generation_mask; }

  struct probe_slot {
    std::uint64_t probe = 0;  // 0: free
    instant lease_end{};
  };
  struct origin {
    transition_cause cause;
    window_counts counts{};
    std::string actor{};
    std::string reason{};
  };

  // permit's side
  void finish(const permit&, outcome, instant t1);
  void drop(const permit&) noexcept;
  void count_second() { second_.fetch_add(1, std::memory_order_relaxed); }

  // lock-free helpers
  permit grant(std::uint64_t ctl, std::uint64_t probe, instant now);
  tl::unexpected<rejection> reject(rejection);
  std::optional<rejection> standing_rejection(std::uint64_t ctl, instant now) const;
  std::optional<transition_cause> verdict(const window_counts&) const;
  void finish_closed(const permit&, outcome, instant t1);
  void remember_hint(outcome, instant t1);

  // under mutex_
  tl::expected<permit, rejection> acquire_locked(instant now);
  tl::expected<permit, rejection> acquire_probe(instant now);
  void settle_locked(instant now);
  void reclaim_lost(instant now);
  void finish_probe(const permit&, outcome, instant t1);
  void judge_probes(instant now);
  void update_busy();
  void enter(breaker_state, instant now, duration wait, bool from_server, origin);
  void open(instant now, origin);
  void clear_probes();
  duration open_wait();
  void publish(breaker_event);
  bool force(breaker_state, instant now, duration ttl, std::string actor, std::string reason);

  void deliver() noexcept;

  const breaker_options options_;
  const random_source random_;
  const listener listener_;
  const duration lease_;

  // Read by every call, written by transitions only: away from what every call writes.
  static constexpr std::size_t cache_line = 64;
  alignas(cache_line) std::atomic<std::uint64_t> ctl_{0};
  std::atomic<std::int64_t> until_{0};         // end of the open wait; written before ctl_
  std::atomic<std::int64_t> forced_until_{0};  // 0: no end; written before ctl_
  std::atomic<std::int64_t> busy_until_{
      0};  // half open: earliest lease end while every slot is taken, else 0
  std::atomic<std::int64_t> hint_until_{0};  // latest moment a server asked to wait for
  breaker_window window_;

  alignas(cache_line) std::atomic<std::uint64_t> granted_{0};
  std::atomic<std::uint64_t> completed_{0};
  std::atomic<std::uint64_t> released_{0};
  std::atomic<std::uint64_t> late_{0};
  std::atomic<std::uint64_t> second_{0};
  std::atomic<std::uint64_t> rejected_{0};

  alignas(cache_line) mutable std::mutex mutex_;
  std::vector<probe_slot> slots_;
  std::uint64_t last_probe_ = 0;
  std::uint32_t probe_calls_ = 0;
  std::uint32_t probes_ok_ = 0;
  std::uint32_t probes_bad_ = 0;  // failed or slow
  std::uint32_t probes_failed_ = 0;
  std::uint32_t probes_slow_ = 0;
  std::uint32_t lost_in_row_ = 0;
  std::uint64_t probes_lost_ = 0;
  std::uint32_t openings_ = 0;
  instant closed_at_{};
  std::vector<breaker_event> ring_;
  std::uint64_t last_seq_ = 0;
  breaker_event standing_;
  std::uint64_t delivered_ = 0;
  std::uint64_t undelivered_ = 0;
  bool delivering_ = false;
};

}  // namespace epicenter::resilience
