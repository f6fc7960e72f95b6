// The paths of calls: what runs once per attempt. Transitions are in breaker_transitions.cpp.
#include <algorithm>
#include <epicenter/base/check.hpp>
#include <epicenter/resilience/breaker.hpp>

namespace epicenter::resilience {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;

std::int64_t ns(instant at) {
  return at.time_since_epoch().count();
}

void check(const breaker_options& o, const random_source& random) {
  EPICENTER_CHECK(o.min_calls >= 1, "breaker: min_calls");
  EPICENTER_CHECK(o.failure_rate.ppm >= 0 && o.failure_rate.ppm <= 1'000'000, "breaker: failure_rate");
  EPICENTER_CHECK(o.slow_rate.ppm >= 0 && o.slow_rate.ppm <= 1'000'000, "breaker: slow_rate");
  EPICENTER_CHECK(o.open_base > 0ns && o.open_base <= o.open_max && o.open_max <= 24h, "breaker: open wait");
  EPICENTER_CHECK(o.growth_percent >= 100 && o.growth_percent <= 10'000, "breaker: growth_percent");
  EPICENTER_CHECK(o.jitter.ppm >= 0 && o.jitter.ppm < 1'000'000, "breaker: jitter");
  EPICENTER_CHECK(o.jitter.ppm == 0 || random != nullptr, "breaker: jitter needs a random source");
  EPICENTER_CHECK(o.server_hint_max >= 0ns && o.server_hint_max <= 24h, "breaker: server_hint_max");
  EPICENTER_CHECK(o.probe_concurrency >= 1 && o.probe_concurrency <= 64, "breaker: probe_concurrency");
  EPICENTER_CHECK(o.probe_successes >= 1 && o.probe_failures >= 1, "breaker: probe counts");
  EPICENTER_CHECK(o.max_lost_probes >= 1, "breaker: max_lost_probes");
  EPICENTER_CHECK(o.attempt_timeout > 0ns && o.attempt_timeout <= 24h, "breaker: attempt_timeout");
  EPICENTER_CHECK(o.event_capacity >= 1 && o.event_capacity <= 65'536, "breaker: event_capacity");
}

}  // namespace

duration probe_lease(const breaker_options& o) {
  return std::max<duration>(1s, o.attempt_timeout + o.attempt_timeout / 2);
}

breaker::breaker(breaker_options options, random_source random, listener on_event)
    : options_(std::move(options)),
      random_(std::move(random)),
      listener_(std::move(on_event)),
      lease_(probe_lease(options_)),
      window_(options_.window, options_.buckets) {
  check(options_, random_);
  slots_.resize(options_.probe_concurrency);
  ring_.resize(options_.event_capacity);
  standing_.breaker = options_.name;
  standing_.cls = options_.cls;
}

tl::expected<permit, rejection> breaker::acquire(instant now) {
  const std::uint64_t ctl = ctl_.load(std::memory_order_acquire);
  if (state_of(ctl) == breaker_state::closed) return grant(ctl, 0, now);
  if (const auto refused = standing_rejection(ctl, now)) return reject(*refused);
  const bool passing =
      state_of(ctl) == breaker_state::forced_closed || state_of(ctl) == breaker_state::metrics_only;
  const std::int64_t end = forced_until_.load(relaxed);
  if (passing && (end == 0 || ns(now) < end)) return grant(ctl, 0, now);
  std::unique_lock lock(mutex_);
  tl::expected<permit, rejection> answer = acquire_locked(now);
  lock.unlock();
  deliver();
  return answer;
}

std::optional<rejection> breaker::peek(instant now) const {
  const std::uint64_t ctl = ctl_.load(std::memory_order_acquire);
  if (state_of(ctl) == breaker_state::closed) return std::nullopt;
  return standing_rejection(ctl, now);
}

permit breaker::grant(std::uint64_t ctl, std::uint64_t probe, instant now) {
  granted_.fetch_add(1, relaxed);
  return permit(this, ctl, probe, now);
}

tl::unexpected<rejection> breaker::reject(rejection why) {
  rejected_.fetch_add(1, relaxed);
  return tl::unexpected<rejection>(why);
}

std::optional<rejection> breaker::standing_rejection(std::uint64_t ctl, instant now) const {
  switch (state_of(ctl)) {
    case breaker_state::open: {
      const duration left(until_.load(relaxed) - ns(now));
      if (left > 0ns) return rejection{rejection_reason::breaker_open, left};
      break;
    }
    case breaker_state::forced_open: {
      const std::int64_t end = forced_until_.load(relaxed);
      if (end == 0) return rejection{rejection_reason::forced_open, 0ns};
      if (end > ns(now)) return rejection{rejection_reason::forced_open, duration(end - ns(now))};
      break;
    }
    case breaker_state::half_open: {
      const duration left(busy_until_.load(relaxed) - ns(now));
      if (left > 0ns) return rejection{rejection_reason::half_open_busy, left};
      break;
    }
    case breaker_state::closed:
    case breaker_state::forced_closed:
    case breaker_state::metrics_only:
      break;
  }
  return std::nullopt;
}

void breaker::finish(const permit& p, outcome o, instant t1) {
  completed_.fetch_add(1, relaxed);
  if (ctl_.load(std::memory_order_acquire) != p.ctl_) {
    late_.fetch_add(1, relaxed);
    return;
  }
  if (o.retry_after() > 0ns) remember_hint(o, t1);
  if (p.probe_ == 0) {
    if (o.is_ok() || o.is_fail()) finish_closed(p, o, t1);
    return;
  }
  std::unique_lock lock(mutex_);
  finish_probe(p, o, t1);
  lock.unlock();
  deliver();
}

void breaker::finish_closed(const permit& p, outcome o, instant t1) {
  const breaker_state state = state_of(p.ctl_);
  if (state == breaker_state::forced_closed) return;
  const std::uint64_t generation = generation_of(p.ctl_);
  if (!window_.add(generation, t1, o.is_fail(), o.slow())) return;
  if (state != breaker_state::closed) return;
  const breaker_window::view seen = window_.look(generation, t1);
  if (!verdict(seen.counts)) {
    if (seen.counts.calls >= options_.min_calls) window_.note_fine(seen);
    return;
  }
  std::unique_lock lock(mutex_);
  if (ctl_.load(relaxed) != p.ctl_) return;  // somebody else saw the same
  const window_counts counts = window_.counts(generation, t1);
  const auto cause = verdict(counts);
  if (!cause) return;
  open(t1, origin{*cause, counts});
  lock.unlock();
  deliver();
}

std::optional<transition_cause> breaker::verdict(const window_counts& w) const {
  if (w.calls >= options_.min_calls) {
    const auto reaches = [&w](std::uint64_t bad, share limit, bool exclusive) {
      if (limit.ppm == 0 || bad == 0) return false;
      const std::uint64_t scaled = bad * 1'000'000;
      const std::uint64_t bound = static_cast<std::uint64_t>(limit.ppm) * w.calls;
      return exclusive ? scaled > bound : scaled >= bound;
    };
    if (reaches(w.failed, options_.failure_rate, options_.failure_rate_exclusive))
      return transition_cause::failure_rate;
    if (reaches(w.slow, options_.slow_rate, false)) return transition_cause::slow_rate;
  }
  if (options_.consecutive != 0 && w.consecutive >= options_.consecutive)
    return transition_cause::consecutive;
  return std::nullopt;
}

void breaker::remember_hint(outcome o, instant t1) {
  const std::int64_t wanted = ns(t1) + std::min(o.retry_after(), options_.server_hint_max).count();
  std::int64_t seen = hint_until_.load(relaxed);
  while (seen < wanted && !hint_until_.compare_exchange_weak(seen, wanted, relaxed)) {
  }
}

void breaker::drop(const permit& p) noexcept {
  released_.fetch_add(1, relaxed);
  if (p.probe_ == 0) return;
  const std::lock_guard lock(mutex_);
  if (ctl_.load(relaxed) != p.ctl_) return;
  for (probe_slot& slot : slots_) {
    if (slot.probe != p.probe_) continue;
    slot.probe = 0;
    lost_in_row_ = 0;
    update_busy();
  }
}

breaker_snapshot breaker::snapshot(instant now) const {
  const std::lock_guard lock(mutex_);
  breaker_snapshot s;
  const std::uint64_t ctl = ctl_.load(std::memory_order_acquire);
  s.state = state_of(ctl);
  s.generation = generation_of(ctl);
  const std::int64_t forced_end = forced_until_.load(relaxed);
  const bool forced = s.state != breaker_state::closed && s.state != breaker_state::open &&
                      s.state != breaker_state::half_open;
  if (s.state == breaker_state::open) s.until = until();
  if (forced && forced_end != 0) s.until = instant(duration(forced_end));
  s.openings = openings_;
  for (const probe_slot& slot : slots_) s.probes_out += slot.probe != 0 ? 1 : 0;
  s.window = window_.counts(s.generation, now);
  s.counters = breaker_counters{granted_.load(relaxed),
                                completed_.load(relaxed),
                                released_.load(relaxed),
                                late_.load(relaxed),
                                second_.load(relaxed),
                                rejected_.load(relaxed),
                                probes_lost_,
                                undelivered_};
  s.next_seq = last_seq_ + 1;
  return s;
}

}  // namespace epicenter::resilience
