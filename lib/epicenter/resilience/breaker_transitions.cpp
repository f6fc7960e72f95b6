// Everything that changes a breaker's state: runs under its lock, and tells afterwards.
#include <algorithm>
#include <epicenter/base/check.hpp>
#include <epicenter/resilience/breaker.hpp>
#include <limits>

namespace epicenter::resilience {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;

instant later(instant now, duration by) {
  return by > instant::max() - now ? instant::max() : now + by;
}

}  // namespace

tl::expected<permit, rejection> breaker::acquire_locked(instant now) {
  settle_locked(now);
  const std::uint64_t ctl = ctl_.load(relaxed);
  if (const auto refused = standing_rejection(ctl, now)) return reject(*refused);
  switch (state_of(ctl)) {
    case breaker_state::open:
      enter(breaker_state::half_open, now, 0ns, false, origin{transition_cause::wait_elapsed});
      return acquire_probe(now);
    case breaker_state::half_open:
      return acquire_probe(now);
    default:
      return grant(ctl, 0, now);
  }
}

void breaker::settle_locked(instant now) {
  const breaker_state state = this->state();
  const std::int64_t end = forced_until_.load(relaxed);
  if (end == 0 || now.time_since_epoch().count() < end) return;
  if (state == breaker_state::forced_open) {
    enter(breaker_state::half_open, now, 0ns, false, origin{transition_cause::ttl_expired});
  } else if (state == breaker_state::forced_closed || state == breaker_state::metrics_only) {
    enter(breaker_state::closed, now, 0ns, false, origin{transition_cause::ttl_expired});
  }
}

tl::expected<permit, rejection> breaker::acquire_probe(instant now) {
  reclaim_lost(now);
  const std::uint64_t ctl = ctl_.load(relaxed);
  if (const auto refused = standing_rejection(ctl, now)) return reject(*refused);
  for (probe_slot& slot : slots_) {
    if (slot.probe != 0) continue;
    slot.probe = ++last_probe_;
    slot.lease_end = later(now, lease_);
    update_busy();
    return grant(ctl, slot.probe, now);
  }
  return reject(rejection{rejection_reason::half_open_busy, 0ns});
}

void breaker::reclaim_lost(instant now) {
  const std::uint64_t generation = this->generation();
  for (probe_slot& slot : slots_) {
    if (slot.probe == 0 || now < slot.lease_end) continue;
    slot.probe = 0;
    ++lost_in_row_;
    ++probes_lost_;
    breaker_event lost;
    lost.at = now;
    lost.from = lost.to = breaker_state::half_open;
    lost.cause = transition_cause::probe_lost;
    lost.calls = probe_calls_;
    lost.failed = probes_failed_;
    lost.slow = probes_slow_;
    lost.generation = generation;
    lost.breaker = options_.name;
    lost.cls = options_.cls;
    publish(std::move(lost));
    if (lost_in_row_ < options_.max_lost_probes) continue;
    open(now,
         origin{transition_cause::probe_lost, window_counts{probe_calls_, probes_failed_, probes_slow_, 0}});
    return;
  }
  update_busy();
}

void breaker::finish_probe(const permit& p, outcome o, instant t1) {
  const auto slot =
      std::find_if(slots_.begin(), slots_.end(), [&p](const probe_slot& s) { return s.probe == p.probe_; });
  if (ctl_.load(relaxed) != p.ctl_ || slot == slots_.end()) {
    late_.fetch_add(1, relaxed);
    return;
  }
  slot->probe = 0;
  lost_in_row_ = 0;
  update_busy();
  if (!o.is_ok() && !o.is_fail()) return;
  ++probe_calls_;
  const bool bad = o.is_fail() || o.slow();
  if (!bad) ++probes_ok_;
  if (bad) ++probes_bad_;
  if (o.is_fail()) ++probes_failed_;
  if (o.slow()) ++probes_slow_;
  judge_probes(t1);
}

void breaker::judge_probes(instant now) {
  const window_counts counts{probe_calls_, probes_failed_, probes_slow_, 0};
  const std::uint32_t full = options_.probe_successes + options_.probe_failures - 1;
  if (options_.probe_full_window && probe_calls_ < full) return;
  if (probes_ok_ >= options_.probe_successes) {
    enter(breaker_state::closed, now, 0ns, false, origin{transition_cause::probe_ok, counts});
  } else if (probes_bad_ >= options_.probe_failures) {
    open(now, origin{transition_cause::probe_failed, counts});
  }
}

void breaker::update_busy() {
  instant first = instant::max();
  for (const probe_slot& slot : slots_) {
    if (slot.probe == 0) {
      busy_until_.store(0, relaxed);
      return;
    }
    first = std::min(first, slot.lease_end);
  }
  busy_until_.store(first.time_since_epoch().count(), relaxed);
}

void breaker::clear_probes() {
  for (probe_slot& slot : slots_) slot = probe_slot{};
  probe_calls_ = probes_ok_ = probes_bad_ = probes_failed_ = probes_slow_ = lost_in_row_ = 0;
  update_busy();
}

duration breaker::open_wait() {
  duration wait = options_.open_base;
  for (std::uint32_t k = 1; k < openings_ && wait < options_.open_max; ++k) {
    const duration grown = wait * static_cast<std::int64_t>(options_.growth_percent) / 100;
    if (grown == wait) break;
    wait = std::min(grown, options_.open_max);
  }
  const std::int64_t million = 1'000'000;
  const duration spread((wait.count() / million) * options_.jitter.ppm +
                        (wait.count() % million) * options_.jitter.ppm / million);
  if (spread == 0ns) return wait;
  return uniform(random_, wait - spread, wait + spread);
}

void breaker::open(instant now, origin why) {
  const bool was_stable = state() == breaker_state::closed && now - closed_at_ >= options_.stability;
  if (was_stable) openings_ = 0;
  if (openings_ != std::numeric_limits<std::uint32_t>::max()) ++openings_;
  duration wait = open_wait();
  const instant hint(duration(hint_until_.load(relaxed)));
  const bool raised = hint > later(now, wait);
  if (raised) wait = std::min(hint - now, options_.server_hint_max);
  until_.store(later(now, wait).time_since_epoch().count(), relaxed);
  enter(breaker_state::open, now, wait, raised, std::move(why));
}

void breaker::enter(breaker_state to, instant now, duration wait, bool from_server, origin why) {
  const std::uint64_t ctl = ctl_.load(relaxed);
  clear_probes();
  if (to == breaker_state::closed) closed_at_ = now;
  const std::uint64_t generation = (generation_of(ctl) + 1) & generation_mask;
  ctl_.store((static_cast<std::uint64_t>(to) << state_shift) | generation, std::memory_order_release);
  standing_.generation = generation;
  if (state_of(ctl) == to) return;
  breaker_event event;
  event.at = now;
  event.from = state_of(ctl);
  event.to = to;
  event.cause = why.cause;
  event.calls = why.counts.calls;
  event.failed = why.counts.failed;
  event.slow = why.counts.slow;
  event.wait = wait;
  event.wait_from_server = from_server;
  event.generation = generation;
  event.actor = std::move(why.actor);
  event.reason = std::move(why.reason);
  event.breaker = options_.name;
  event.cls = options_.cls;
  standing_ = event;
  standing_.from = to;
  publish(std::move(event));
}

void breaker::publish(breaker_event event) {
  event.seq = ++last_seq_;
  ring_[event.seq % ring_.size()] = std::move(event);
}

event_batch breaker::drain_events(std::uint64_t cursor) const {
  const std::lock_guard lock(mutex_);
  event_batch batch;
  cursor = std::max<std::uint64_t>(cursor, 1);
  const std::uint64_t first_kept = last_seq_ >= ring_.size() ? last_seq_ - ring_.size() + 1 : 1;
  if (cursor < first_kept) {
    batch.dropped = first_kept - cursor;
    cursor = first_kept;
  }
  for (; cursor <= last_seq_; ++cursor) batch.events.push_back(ring_[cursor % ring_.size()]);
  batch.next = cursor;
  return batch;
}

breaker_event breaker::standing() const {
  const std::lock_guard lock(mutex_);
  breaker_event now = standing_;
  now.seq = last_seq_;
  return now;
}

// One thread delivers at a time; whoever comes meanwhile leaves its events to it, which keeps their order.
void breaker::deliver() noexcept {
  if (!listener_) return;
  std::unique_lock lock(mutex_);
  if (delivering_) return;
  delivering_ = true;
  while (delivered_ < last_seq_) {
    const std::uint64_t first_kept = last_seq_ >= ring_.size() ? last_seq_ - ring_.size() + 1 : 1;
    undelivered_ += std::max(delivered_ + 1, first_kept) - (delivered_ + 1);
    delivered_ = std::max(delivered_ + 1, first_kept);
    const breaker_event event = ring_[delivered_ % ring_.size()];
    lock.unlock();
    listener_(event);
    lock.lock();
  }
  delivering_ = false;
}

bool breaker::force(breaker_state to, instant now, duration ttl, std::string actor, std::string reason) {
  EPICENTER_CHECK(ttl >= 0ns, "breaker: a forced state cannot end in the past");
  std::unique_lock lock(mutex_);
  settle_locked(now);
  const bool changes = state() != to;
  if (changes) {
    forced_until_.store(ttl == 0ns ? 0 : later(now, ttl).time_since_epoch().count(), relaxed);
    enter(to, now, ttl, false, origin{transition_cause::manual, {}, std::move(actor), std::move(reason)});
  }
  lock.unlock();
  deliver();
  return changes;
}

bool breaker::force_open(instant now, duration ttl, std::string actor, std::string reason) {
  return force(breaker_state::forced_open, now, ttl, std::move(actor), std::move(reason));
}

bool breaker::force_closed(instant now, duration ttl, std::string actor, std::string reason) {
  return force(breaker_state::forced_closed, now, ttl, std::move(actor), std::move(reason));
}

bool breaker::watch_only(instant now, duration ttl, std::string actor, std::string reason) {
  return force(breaker_state::metrics_only, now, ttl, std::move(actor), std::move(reason));
}

bool breaker::to_half_open(instant now, std::string actor, std::string reason) {
  return force(breaker_state::half_open, now, 0ns, std::move(actor), std::move(reason));
}

bool breaker::reset(instant now, std::string actor, std::string reason) {
  std::unique_lock lock(mutex_);
  settle_locked(now);
  const bool changes = state() != breaker_state::closed;
  openings_ = 0;
  hint_until_.store(0, relaxed);
  enter(breaker_state::closed, now, 0ns, false,
        origin{transition_cause::manual, {}, std::move(actor), std::move(reason)});
  lock.unlock();
  deliver();
  return changes;
}

}  // namespace epicenter::resilience
