// The limiter over random steps, and defects planted before it to show that the questions find them.
#include <gtest/gtest.h>

#include <epicenter/resilience/limiter.hpp>
#include <memory>
#include <string>
#include <vector>

#include "lib/epicenter/resilience/tests/draws.hpp"

namespace epicenter::resilience::testing {
namespace {

using state = limiter_waiter::state;

constexpr std::uint64_t first_seed = 20'261'123;

enum class spoiled {
  nothing,
  decreases_each_time,
  bursts,
  does_not_hold,
  clock_runs_fast,
  overtakes,
  forgets
};
constexpr int last_spoiled = static_cast<int>(spoiled::forgets);

class waiter final : public limiter_waiter {
 public:
  waiter(std::vector<int>& order, int id) : order_(order), id_(id) {}
  int id() const { return id_; }

 protected:
  void on_wake() noexcept override {
    if (status() == state::granted) order_.push_back(id_);
  }

 private:
  std::vector<int>& order_;
  int id_;
};

limiter_options options_of(spoiled what) {
  limiter_options o;
  if (what == spoiled::decreases_each_time) o.decrease_gap = 0s;
  if (what == spoiled::bursts) o.burst = 2s;
  return o;
}

class limiter_walk {
 public:
  limiter_walk(std::uint64_t seed, spoiled what) : random_(seed), what_(what), limiter_(options_of(what)) {}

  std::string run(int steps) {
    for (int i = 0; i < steps && violated_.empty(); ++i) step();
    return violated_;
  }
  std::uint64_t decreases() const { return limiter_.decreases(); }
  std::uint64_t granted() const { return limiter_.granted(); }

 private:
  void step() {
    const duration passed = random_.one_in(50) ? random_.upto(5s) : random_.upto(20ms);
    now_ += passed;
    const bool was_on = limiter_.on();
    const double rate = per_second();
    const std::uint64_t granted = limiter_.granted();
    const std::uint64_t decreases = limiter_.decreases();
    act(random_.below(10));
    check_order();
    check_queue();
    check_bucket(was_on, rate, passed, static_cast<double>(limiter_.granted() - granted));
    if (limiter_.decreases() != decreases) check_decrease(was_on, decreases);
    period_end_ = std::max(period_end_, hold_);
  }

  instant seen() const { return what_ == spoiled::clock_runs_fast ? now_ + (now_ - instant{}) / 2 : now_; }
  double per_second() const { return static_cast<double>(limiter_.rate_milli()) / 1e3; }

  void act(std::uint64_t choice) {
    if (choice < 6) {
      enter();
    } else if (choice == 6 && random_.one_in(20)) {
      const duration asked = random_.one_in(2) ? 0s : random_.upto(3s);
      limiter_.on_throttled(seen(), what_ == spoiled::does_not_hold ? 0s : asked);
      hold_ = std::max(hold_, now_ + asked);
    } else if (choice == 7) {
      limiter_.on_answer(seen());
    } else if (choice == 8 && !waiting_.empty() && random_.one_in(5)) {
      waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(random_.below(waiting_.size())));
    } else {
      limiter_.poll(seen());
    }
  }

  void enter() {
    const int id = ++last_id_ ^ (what_ == spoiled::overtakes ? 1 : 0);
    waiting_.push_back(std::make_unique<waiter>(order_, id));
    const duration remaining = random_.one_in(4) ? random_.upto(2s) : duration::max();
    const auto got = limiter_.enter(*waiting_.back(), seen(), remaining);
    if (got == state::granted) order_.push_back(id);
    if (got != state::rejected) return;
    expect(waiting_.back()->why().retry_after >= std::min<duration>(remaining, 1us) ||
               waiting_.back()->why().reason == rejection_reason::limiter_full,
           "refused although its turn would have come");
    waiting_.pop_back();
  }

  void check_order() {
    for (const int id : order_) {
      expect(id > last_granted_, "not first come, first served");
      last_granted_ = id;
    }
    if (!order_.empty()) expect(now_ >= hold_, "before the moment the server named");
    order_.clear();
  }

  void check_queue() {
    std::erase_if(waiting_, [](const auto& w) {
      if (w->status() == state::granted) w->take();
      return w->status() != state::waiting;
    });
    if (what_ == spoiled::forgets && !waiting_.empty() && random_.one_in(100)) waiting_.front()->cancel();
    expect(limiter_.waiting() == waiting_.size(), "somebody is forgotten");
    if (!waiting_.empty()) {
      expect(limiter_.wait_of(*waiting_.front(), seen()) >= 1us, "a wait of nothing");
      expect(limiter_.wait_of(*waiting_.back(), seen()) < 10min, "a wait without end");
    }
  }

  // A bucket of the higher rate of before and after could have given it.
  void check_bucket(bool was_on, double rate, duration passed, double given) {
    if (!was_on || !limiter_.on()) {
      bucket_ = 0;
      return;
    }
    const double most = std::max(rate, per_second());
    const double filled = bucket_ + most * static_cast<double>(passed.count()) / 1e9;
    bucket_ = std::min(std::max(1.0, most * 0.1), filled) - given;
    expect(bucket_ > -1e-6, "more than the bucket held");
  }

  void check_decrease(bool was_on, std::uint64_t before) {
    expect(limiter_.decreases() == before + 1, "more than one decrease for one answer");
    expect(!was_on || now_ - decreased_at_ >= 500ms, "two decreases within 500 ms");
    expect(!was_on || now_ >= period_end_, "two decreases in one period of the server's");
    decreased_at_ = now_;
  }

  void expect(bool holds, const char* what) {
    if (!holds && violated_.empty()) violated_ = what;
  }

  draws random_;
  spoiled what_;
  limiter limiter_;
  std::vector<int> order_;
  std::vector<std::unique_ptr<waiter>> waiting_;
  std::string violated_;
  int last_id_ = 1;
  int last_granted_ = 0;
  instant now_ = at(10s);
  instant hold_{};
  instant period_end_{};
  instant decreased_at_{};
  double bucket_ = 0;
};

TEST(limiter_walk, keeps_order_rate_and_the_servers_time) {
  const std::uint64_t seeds = seeds_or(100, 5);
  std::printf("seeds %llu..+%llu\n", static_cast<unsigned long long>(first_seed),
              static_cast<unsigned long long>(seeds - 1));
  std::uint64_t decreases = 0;
  std::uint64_t granted = 0;
  for (std::uint64_t seed = first_seed; seed < first_seed + seeds; ++seed) {
    limiter_walk walk(seed, spoiled::nothing);
    ASSERT_EQ(walk.run(10'000), "") << "seed " << seed;
    decreases += walk.decreases();
    granted += walk.granted();
  }
  EXPECT_GT(decreases, seeds * 20);
  EXPECT_GT(granted, seeds * 500);
}

class spoiled_limiter : public ::testing::TestWithParam<int> {};

TEST_P(spoiled_limiter, is_found) {
  std::string found;
  for (std::uint64_t seed = first_seed; seed < first_seed + 20 && found.empty(); ++seed)
    found = limiter_walk(seed, static_cast<spoiled>(GetParam())).run(10'000);
  EXPECT_NE(found, "");
  std::printf("defect %d: %s\n", GetParam(), found.c_str());
}
INSTANTIATE_TEST_SUITE_P(limiter, spoiled_limiter, ::testing::Range(1, last_spoiled + 1));

}  // namespace
}  // namespace epicenter::resilience::testing
