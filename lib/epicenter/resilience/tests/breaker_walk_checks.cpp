// What breaker_walk asks after each step.
#include "lib/epicenter/resilience/tests/breaker_walk.hpp"

namespace epicenter::resilience::testing {

void breaker_walk::check() {
  const breaker_snapshot s = real_.snapshot(now_);
  expect(s.probes_out <= options_.probe_concurrency, "invariant 1: too many probes");
  const auto& c = s.counters;
  const std::uint64_t alive = calls_.size();
  expect(c.granted == c.completed + c.released + alive, "invariant 6: a permit is neither here nor there");
  expect(c.completed == completed_ && c.released == released_ && c.second == second_,
         "invariant 6: counters");
  expect(c.granted + c.rejected == acquired_, "invariant 6: rejections");
  expect(s.state == model_.state, "the model is in another state");
  expect(s.generation == model_.generation, "the model is of another generation");
  expect(s.probes_out == model_.probes.size(), "the model has other probes out");
  const bool counting = s.state == breaker_state::closed || s.state == breaker_state::metrics_only;
  if (counting) expect(s.window == model_.window(now_), "the model counted otherwise");
  check_events();
  if (s.state != breaker_state::closed) check_rejection(s);
}

// Liveness without touching anything: no rejection outlives the time it names, and that time is bounded.
void breaker_walk::check_rejection(const breaker_snapshot& s) {
  const auto refused = real_.peek(now_);
  if (!refused) return;
  const duration left = refused->retry_after;
  const duration jittered = options_.open_max + options_.open_max / 5;
  duration most = std::max(jittered, options_.server_hint_max);
  if (s.state == breaker_state::half_open) most = probe_lease(options_);
  if (s.state == breaker_state::forced_open) most = 61s;
  expect(left > 0ns && left <= most, "invariant 2: a rejection without end");
  expect(!real_.peek(now_ + left), "invariant 2: a rejection outlives its own time");
}

void breaker_walk::check_events() {
  event_batch batch = real_.drain_events(cursor_);
  expect(batch.dropped == 0, "invariant 5: events are missing");
  if (planted_ == defect::event_is_lost && !batch.events.empty() && random_.one_in(20)) batch.events.clear();
  std::uint64_t seq = cursor_;
  for (const breaker_event& e : batch.events) {
    expect(e.seq == seq++, "invariant 5: a gap in seq");
    expect(e.from == told_, "invariant 5: not where the last event ended");
    expect(is_legal_transition(e.from, e.to, e.cause), "invariant 5: no such edge");
    if (e.to == breaker_state::open) check_opening(e);
    told_ = e.to;
    ++transitions_.at(static_cast<std::size_t>(e.cause));
  }
  cursor_ = batch.next;
  expect(told_ == real_.state(), "invariant 5: the events do not lead to the state");
}

// Of the last opening only: more than one a step is not possible.
void breaker_walk::check_opening(const breaker_event& e) {
  if (e.wait_from_server) {
    expect(e.wait == std::min(model_.hint - e.at, options_.server_hint_max), "not what the server asked for");
    return;
  }
  const duration plain = model_.plain_wait();
  const duration spread = plain * options_.jitter.ppm / 1'000'000;
  expect(e.wait >= plain - spread - 1us && e.wait <= plain + spread + 1us, "not the wait of this opening");
  expect(model_.hint <= e.at + e.wait, "the server asked for more");
  expect(e.at + e.wait == real_.until(), "the wait told is not the one kept");
}

// Whatever became of the permits outstanding: nobody completes them here.
void breaker_walk::check_liveness() {
  bool admitted = false;
  for (int i = 0; i < 2 && !admitted; ++i) {
    now_ = std::max(now_, real_.until()) + std::max<duration>(probe_lease(options_), 61s);
    admitted = real_.acquire(as_seen(now_)).has_value();
  }
  expect(admitted, "invariant 2: nobody gets through any more");
}

}  // namespace epicenter::resilience::testing
