// The six invariants of the specification, over random steps, against a reference model.
#include <gtest/gtest.h>

#include <epicenter/resilience/breaker.hpp>
#include <vector>

#include "lib/epicenter/resilience/tests/breaker_model.hpp"
#include "lib/epicenter/resilience/tests/draws.hpp"

namespace epicenter::resilience::testing {
namespace {

breaker_options random_options(draws& random) {
  breaker_options o;
  o.window = random.one_in(2) ? duration(10s) : duration(30s);
  o.buckets = static_cast<std::uint32_t>(1 + random.below(12));
  o.min_calls = static_cast<std::uint32_t>(1 + random.below(12));
  o.failure_rate = share{random.one_in(4) ? 0 : static_cast<std::int64_t>(100'000 * (1 + random.below(10)))};
  o.failure_rate_exclusive = random.one_in(2);
  o.slow_rate = share{random.one_in(3) ? 0 : static_cast<std::int64_t>(100'000 * (1 + random.below(10)))};
  o.consecutive = static_cast<std::uint32_t>(random.below(6));
  o.jitter = share{random.one_in(2) ? 0 : 200'000};
  o.probe_concurrency = static_cast<std::uint32_t>(1 + random.below(4));
  o.probe_successes = static_cast<std::uint32_t>(1 + random.below(3));
  o.probe_failures = static_cast<std::uint32_t>(1 + random.below(3));
  o.event_capacity = 65'536;
  return o;
}

outcome random_outcome(draws& random, std::uint64_t fail_weight) {
  const bool slow = random.one_in(4);
  const std::uint64_t pick = random.below(10);
  if (pick < fail_weight) return outcome::fail(failure_kind::reset, slow);
  if (pick == 8) return outcome::neutral(neutral_kind::caller_cancelled);
  if (pick == 9) return outcome::throttled(0s);
  return outcome::ok(slow);
}

struct call {
  permit real;
  breaker_model::ticket model;
};

class walk {
 public:
  explicit walk(std::uint64_t seed)
      : random_(seed),
        options_(random_options(random_)),
        model_(options_),
        jitter_(seed ^ 1),
        real_(options_, [this] { return jitter_(); }) {}

  void run(int steps) {
    for (int i = 0; i < steps && !::testing::Test::HasFailure(); ++i) {
      if (i % 200 == 0) fail_weight_ = random_.below(8);
      step();
      check();
    }
    if (real_.state() == breaker_state::open || real_.state() == breaker_state::half_open) check_liveness();
    check_path();
  }

 private:
  void step() {
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

  void acquire() {
    if (calls_.size() > 30) return;
    const auto refused_before = real_.peek(now_);
    const instant until = real_.until();
    auto real = real_.acquire(now_);
    const auto model = model_.acquire(now_, until);
    ++acquired_;
    ASSERT_EQ(real.has_value(), model.has_value()) << "at " << now_.time_since_epoch().count();
    EXPECT_FALSE(refused_before && real) << "peek refused what acquire gave";
    if (!real) return;
    EXPECT_EQ(real->is_probe(), model->probe != 0);
    calls_.push_back({std::move(*real), *model});
  }

  std::size_t any() { return static_cast<std::size_t>(random_.below(calls_.size())); }
  void forget(std::size_t i) {
    std::swap(calls_[i], calls_.back());
    calls_.pop_back();
  }

  void complete() {
    if (calls_.empty()) return;
    const std::size_t i = any();
    const outcome o = random_outcome(random_, fail_weight_);
    const duration back = random_.one_in(20) ? random_.upto(45s) : 0s;
    const instant t1 = std::max(calls_[i].real.started(), now_ - back);
    const bool foreign = calls_[i].model.generation != model_.generation;
    const breaker_state before = real_.state();
    calls_[i].real.complete(o, t1);
    model_.complete(calls_[i].model, o, t1);
    EXPECT_TRUE(!foreign || real_.state() == before) << "invariant 3";
    const bool counted = !foreign && calls_[i].model.probe == 0 && t1 == now_ && (o.is_ok() || o.is_fail());
    if (model_.state == breaker_state::closed && counted) {
      EXPECT_FALSE(model_.rule_holds(t1)) << "invariant 4";
    }
    ++completed_;
    forget(i);
  }

  void complete_twice() {
    if (calls_.empty()) return;
    const std::size_t i = any();
    calls_[i].real.complete(outcome::ok(), now_);
    model_.complete(calls_[i].model, outcome::ok(), now_);
    const std::uint64_t generation = real_.generation();
    calls_[i].real.complete(outcome::fail(failure_kind::reset), now_);
    EXPECT_EQ(real_.generation(), generation);
    ++completed_;
    ++second_;
    forget(i);
  }

  void release() {
    if (calls_.empty()) return;
    const std::size_t i = any();
    model_.release(calls_[i].model);
    ++released_;
    forget(i);
  }

  void manual() {
    if (random_.one_in(2)) {
      if (real_.to_half_open(now_, "operator", "drill")) model_.enter(breaker_state::half_open);
    } else {
      real_.reset(now_, "operator", "drill");
      model_.enter(breaker_state::closed);
    }
  }

  void check() {
    const breaker_snapshot s = real_.snapshot(now_);
    ASSERT_EQ(name_of(s.state), name_of(model_.state));
    ASSERT_EQ(s.generation, model_.generation);
    ASSERT_EQ(s.probes_out, model_.probes.size());
    ASSERT_LE(s.probes_out, options_.probe_concurrency) << "invariant 1";
    if (s.state == breaker_state::closed) {
      ASSERT_EQ(s.window, model_.window(now_));
    }
    ASSERT_EQ(s.counters.granted, s.counters.completed + s.counters.released + calls_.size())
        << "invariant 6";
    ASSERT_EQ(s.counters.completed, completed_);
    ASSERT_EQ(s.counters.released, released_);
    ASSERT_EQ(s.counters.second, second_);
    ASSERT_EQ(s.counters.granted + s.counters.rejected, acquired_);
  }

  // Whatever became of the permits outstanding: nobody completes them here.
  void check_liveness() {
    bool admitted = false;
    for (int i = 0; i < 2 && !admitted; ++i) {
      now_ = std::max(now_, real_.until()) + probe_lease(options_);
      admitted = real_.acquire(now_).has_value();
    }
    EXPECT_TRUE(admitted) << "invariant 2";
  }

  void check_path() {
    const event_batch all = real_.drain_events(1);
    ASSERT_EQ(all.dropped, 0u);
    breaker_state state = breaker_state::closed;
    std::uint64_t seq = 0;
    for (const breaker_event& e : all.events) {
      EXPECT_EQ(e.seq, ++seq) << "invariant 5";
      // A reset of a closed breaker changes its generation, not its state: generations may skip, states may
      // not.
      EXPECT_EQ(e.from, state) << "invariant 5";
      EXPECT_TRUE(is_legal_transition(e.from, e.to, e.cause))
          << "invariant 5: " << name_of(e.from) << " to " << name_of(e.to);
      state = e.to;
    }
    EXPECT_EQ(state, real_.state());
  }

  draws random_;
  breaker_options options_;
  breaker_model model_;
  draws jitter_;
  breaker real_;
  instant now_ = at(100s);
  std::vector<call> calls_;
  std::uint64_t fail_weight_ = 3;
  std::uint64_t acquired_ = 0;
  std::uint64_t completed_ = 0;
  std::uint64_t released_ = 0;
  std::uint64_t second_ = 0;
};

TEST(breaker_invariants, hold_over_random_steps) {
  const std::uint64_t first = 20'261'123;
  std::printf("seeds %llu..+199\n", static_cast<unsigned long long>(first));
  for (std::uint64_t seed = first; seed < first + 200; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    walk(seed).run(2'000);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace epicenter::resilience::testing
