#include "harness/load/generator.hpp"

#include <algorithm>
#include <numeric>

namespace epicenter::load {

generator::generator(runtime::runtime& rt, options o, perform p, dropped d)
    : runtime_(rt),
      options_(std::move(o)),
      perform_(std::move(p)),
      dropped_(std::move(d)),
      gaps_(rt.random("load.arrivals")),
      kinds_(rt.random("load.kinds")),
      total_weight_(std::accumulate(options_.weights.begin(), options_.weights.end(), std::uint64_t{0})),
      stopping_(rt),
      operations_(rt),
      pacing_(rt) {}

runtime::task<> generator::run(instant from, instant to) {
  if (options_.open) {
    // In a group of its own, so that stop() can end the wait for the next arrival.
    pacing_.spawn("load.arrivals", run_open(from, to));
    co_await pacing_.join();
  } else {
    co_await run_closed(to);
  }
  co_await operations_.join();
}

void generator::stop() {
  stopped_ = true;
  stopping_.notify_all();
  pacing_.cancel();
}

runtime::task<> generator::run_open(instant from, instant to) {
  instant due = from + gap_at(0ns);
  while (due < to && !stopped_) {
    const auto slept = co_await sleep_until(runtime_, due);
    if (!slept || stopped_) break;
    const auto now = runtime_.now();
    if (in_flight_ >= options_.max_in_flight) {
      dropped_(due);
    } else {
      arrival a{next_number_, draw_kind(), due, now - due};
      operations_.spawn("load.operation", perform_one(a));
    }
    ++next_number_;
    due += gap_at(due - from);
  }
}

runtime::task<> generator::run_closed(instant to) {
  for (std::size_t i = 0; i < options_.max_in_flight; ++i) operations_.spawn("load.caller", caller(to));
  co_return;
}

runtime::task<> generator::caller(instant to) {
  while (!stopped_) {
    const instant slot = next_slot();
    if (slot >= to) co_return;
    while (!stopped_ && runtime_.now() < slot) {
      const auto woken = co_await stopping_.wait(slot);
      (void)woken;  // timed out is what it waits for
    }
    if (stopped_) co_return;
    const instant now = runtime_.now();
    arrival a{next_number_++, draw_kind(), now, 0ns};
    co_await perform_one(a);
  }
}

/// The next moment at which a caller of a closed load may ask. Without a limit callers whose answers cost no
/// time, as from an open breaker, would ask for ever at one instant of the virtual clock.
instant generator::next_slot() {
  const instant slot = std::max(runtime_.now(), free_slot_);
  if (options_.at_most) free_slot_ = slot + options_.at_most->period / options_.at_most->events;
  return slot;
}

runtime::task<> generator::perform_one(arrival a) {
  ++in_flight_;
  co_await perform_(a);
  --in_flight_;
}

std::size_t generator::draw_kind() {
  auto drawn = kinds_.below(total_weight_);
  for (std::size_t kind = 0; kind < options_.weights.size(); ++kind) {
    if (drawn < options_.weights[kind]) return kind;
    drawn -= options_.weights[kind];
  }
  return 0;
}

duration generator::gap_at(duration since_start) {
  const stage* now = &options_.stages.back();
  for (const auto& s : options_.stages) {
    if (since_start < s.length) {
      now = &s;
      break;
    }
    since_start -= s.length;
  }
  if (now->arrivals.events <= 0) return now->length > 0ns ? now->length : 1s;
  const duration mean = now->arrivals.period / now->arrivals.events;
  return options_.arrivals == arrival_process::poisson ? gaps_.exponential(mean) : mean;
}

}  // namespace epicenter::load
