#include "lib/epicenter/resilience/tests/breaker_walk.hpp"

#include <limits>

namespace epicenter::resilience::testing {
namespace {

breaker_options spoiled(breaker_options o, defect planted) {
  switch (planted) {
    case defect::one_probe_more:
      ++o.probe_concurrency;
      break;
    case defect::window_one_bucket_short:
      o.window = o.window / static_cast<std::int64_t>(o.buckets) * static_cast<std::int64_t>(o.buckets - 1);
      --o.buckets;
      break;
    case defect::one_call_less_is_enough:
      --o.min_calls;
      break;
    case defect::rate_bound_the_other_way:
      o.failure_rate_exclusive = !o.failure_rate_exclusive;
      break;
    case defect::never_waits_longer:
      o.growth_percent = 100;
      break;
    case defect::hint_is_ignored:
      o.server_hint_max = 0s;
      break;
    case defect::three_lost_probes_do_nothing:
      o.max_lost_probes = std::numeric_limits<std::uint32_t>::max();
      break;
    default:
      break;
  }
  return o;
}

}  // namespace

breaker_options random_options(draws& random) {
  const auto count = [&random](std::uint64_t least, std::uint64_t most) {
    return static_cast<std::uint32_t>(least + random.below(most - least + 1));
  };
  const auto rate = [&random] { return share{static_cast<std::int64_t>(100'000 * (1 + random.below(10)))}; };
  breaker_options o;
  o.window = random.one_in(2) ? duration(10s) : duration(30s);
  o.buckets = count(2, 12);
  o.min_calls = count(2, 12);
  o.failure_rate = random.one_in(4) ? share{0} : rate();
  o.failure_rate_exclusive = random.one_in(2);
  o.slow_rate = random.one_in(3) ? share{0} : rate();
  o.consecutive = count(0, 5);
  o.jitter = share{random.one_in(2) ? 0 : 200'000};
  o.growth_percent = random.one_in(3) ? 150 : 200;
  o.probe_concurrency = count(1, 4);
  o.probe_successes = count(1, 3);
  o.probe_failures = count(1, 3);
  o.probe_full_window = random.one_in(4);
  o.server_hint_max = 90s;
  return o;
}

breaker_walk::breaker_walk(std::uint64_t seed, defect planted)
    : planted_(planted),
      random_(seed),
      options_(random_options(random_)),
      model_(options_),
      jitter_(seed ^ 1),
      real_(spoiled(options_, planted), [this] { return jitter_(); }) {}

std::string breaker_walk::run(int steps) {
  int i = 0;
  for (; i < steps && violated_.empty(); ++i) {
    if (i % 200 == 0) fail_weight_ = random_.below(8);
    step();
    check();
  }
  if (violated_.empty()) check_liveness();
  return violated_.empty() ? violated_ : violated_ + " (step " + std::to_string(i) + ")";
}

void breaker_walk::step() {
  now_ += random_.one_in(10) ? random_.upto(20s) : random_.upto(300ms);
  switch (random_.below(12)) {
    case 0:
      release();
      break;
    case 1:
      complete_twice();
      break;
    case 2:
      if (random_.one_in(40)) manual();
      break;
    case 3:
    case 4:
    case 5:
    case 6:
      acquire();
      break;
    default:
      complete();
  }
}

instant breaker_walk::as_seen(instant now) const {
  if (planted_ != defect::leases_never_end || real_.state() != breaker_state::half_open) return now;
  return std::max(real_.until(), std::min(now, real_.until() + probe_lease(options_) - 1ns));
}

void breaker_walk::acquire() {
  if (calls_.size() > 30) return;
  const auto refused_before = real_.peek(now_);
  const instant until = real_.until();
  auto real = real_.acquire(as_seen(now_));
  const auto model = model_.acquire(now_, until);
  ++acquired_;
  expect(real.has_value() == model.has_value(), "the model answers otherwise");
  expect(!refused_before || !real, "peek refused what acquire gave");
  if (!real || !model) return;
  expect(real->is_probe() == (model->probe != 0), "the model takes it for a probe, or not");
  if (planted_ == defect::in_flight_counts && !real->is_probe()) count_again(outcome::ok());
  calls_.push_back({std::move(*real), *model});
}

void breaker_walk::forget(std::size_t i) {
  std::swap(calls_[i], calls_.back());
  calls_.pop_back();
}

outcome breaker_walk::random_outcome() {
  const bool slow = random_.one_in(4);
  const duration asked = random_.one_in(10) ? random_.upto(120s) : 0s;
  const std::uint64_t pick = random_.below(10);
  if (pick < fail_weight_) return outcome::fail(failure_kind::reset, slow, asked);
  if (pick == 8) return outcome::neutral(neutral_kind::caller_cancelled);
  if (pick == 9) return outcome::throttled(asked);
  return outcome::ok(slow);
}

void breaker_walk::finish_real(call& one, outcome o, instant t1) {
  const bool foreign = one.model.generation != model_.generation;
  if (planted_ == defect::slow_is_ignored && o.is_ok()) o = outcome::ok();
  if (planted_ == defect::cancelled_probe_is_good && one.real.is_probe() && o.is_neutral()) o = outcome::ok();
  if (planted_ == defect::late_results_count && foreign) count_again(o);
  if (planted_ == defect::permit_leaks && random_.one_in(50)) {
    leaked_.push_back(std::move(one.real));
    return;
  }
  one.real.complete(o, t1);
}

// The walk's own counters follow, so that they are not what gives a planted defect away.
void breaker_walk::count_again(outcome o) {
  ++acquired_;
  auto another = real_.acquire(now_);
  if (!another) return;
  another->complete(o, now_);
  ++completed_;
}

void breaker_walk::complete() {
  if (calls_.empty()) return;
  const std::size_t i = any();
  const outcome o = random_outcome();
  const duration back = random_.one_in(20) ? random_.upto(45s) : 0s;
  const instant t1 = std::max(calls_[i].real.started(), now_ - back);
  const bool foreign = calls_[i].model.generation != model_.generation;
  const breaker_state before = real_.state();
  finish_real(calls_[i], o, t1);
  expect(!foreign || real_.state() == before,
         "invariant 3: a result of another generation changed the state");
  model_.complete(calls_[i].model, o, t1);
  const bool counted = !foreign && calls_[i].model.probe == 0 && t1 == now_ && (o.is_ok() || o.is_fail());
  if (real_.state() == breaker_state::closed && model_.state == breaker_state::closed && counted) {
    expect(!model_.rule_holds(t1), "invariant 4: closed although a rule holds");
  }
  ++completed_;
  forget(i);
}

void breaker_walk::complete_twice() {
  if (calls_.empty()) return;
  const std::size_t i = any();
  calls_[i].real.complete(outcome::ok(), now_);
  model_.complete(calls_[i].model, outcome::ok(), now_);
  const std::uint64_t generation = real_.generation();
  calls_[i].real.complete(outcome::fail(failure_kind::reset), now_);
  if (planted_ == defect::completed_twice_counts_twice) count_again(outcome::fail(failure_kind::reset));
  expect(real_.generation() == generation, "a second completion changed the state");
  ++completed_;
  ++second_;
  forget(i);
}

void breaker_walk::release() {
  if (calls_.empty()) return;
  const std::size_t i = any();
  model_.release(calls_[i].model);
  ++released_;
  forget(i);
}

void breaker_walk::manual() {
  using enum breaker_state;
  const duration ttl = random_.one_in(4) ? 0s : 1s + random_.upto(60s);
  const duration given = planted_ == defect::force_has_no_end ? 0s : ttl;
  bool changed = false;
  bool expected = false;
  switch (random_.below(6)) {
    case 0:
      changed = real_.force_open(now_, ttl == 0s ? 1s : given, "operator", "drill");
      expected = model_.force(forced_open, now_, ttl == 0s ? 1s : ttl);
      break;
    case 1:
      changed = real_.force_closed(now_, given, "operator", "drill");
      expected = model_.force(forced_closed, now_, ttl);
      break;
    case 2:
      changed = real_.watch_only(now_, given, "operator", "drill");
      expected = model_.force(metrics_only, now_, ttl);
      break;
    case 3:
      changed = real_.to_half_open(now_, "operator", "drill");
      expected = model_.force(half_open, now_, 0s);
      break;
    default:
      changed = real_.reset(now_, "operator", "drill");
      expected = model_.reset(now_);
  }
  expect(changed == expected, "the model's manual call did otherwise");
}

}  // namespace epicenter::resilience::testing
