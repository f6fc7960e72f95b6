// The right to make one call through a breaker.
#pragma once

#include <cstdint>
#include <epicenter/base/time.hpp>
#include <epicenter/resilience/outcome.hpp>
#include <utility>

namespace epicenter::resilience {

class breaker;

/// Move-only; says once how the call ended. Destruction without that is a release: neutral, a probe slot
/// becomes free. A result that comes after the breaker changed its state, or a second one, is counted and has
/// no effect. Must not outlive its breaker. One permit is used by one thread at a time.
class permit {
 public:
  permit() = default;
  permit(permit&& other) noexcept
      : breaker_(std::exchange(other.breaker_, nullptr)),
        ctl_(other.ctl_),
        probe_(other.probe_),
        started_(other.started_),
        completed_(other.completed_) {}
  permit& operator=(permit&& other) noexcept {
    if (this != &other) {
      release();
      breaker_ = std::exchange(other.breaker_, nullptr);
      ctl_ = other.ctl_;
      probe_ = other.probe_;
      started_ = other.started_;
      completed_ = other.completed_;
    }
    return *this;
  }
  permit(const permit&) = delete;
  permit& operator=(const permit&) = delete;
  ~permit() { release(); }

  /// The end of the attempt, as the classifier sees it, at t1 (not before started()).
  void complete(outcome, instant t1);
  /// Gives the permit back without a verdict.
  void release() noexcept;

  /// False for an empty, moved-from, completed or released permit.
  bool live() const { return breaker_ != nullptr && !completed_; }
  bool is_probe() const { return probe_ != 0; }
  /// t0: when the permit was given.
  instant started() const { return started_; }
  std::uint64_t generation() const { return ctl_ & ((std::uint64_t{1} << 61) - 1); }

 private:
  friend class breaker;
  permit(breaker* owner, std::uint64_t ctl, std::uint64_t probe, instant started)
      : breaker_(owner), ctl_(ctl), probe_(probe), started_(started) {}

  breaker* breaker_ = nullptr;
  std::uint64_t ctl_ = 0;
  std::uint64_t probe_ = 0;  // identity of the probe; 0: not one
  instant started_{};
  bool completed_ = false;
};

}  // namespace epicenter::resilience
