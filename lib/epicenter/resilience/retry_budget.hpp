// How many extra calls a host may get, for retries and hedges together.
#pragma once

#include <atomic>
#include <cstdint>
#include <epicenter/base/time.hpp>
#include <optional>
#include <utility>

namespace epicenter::resilience {

class retry_budget;

/// What one planned repetition took from the budget: given back on destruction unless it was spent.
class budget_token {
 public:
  budget_token() = default;
  budget_token(budget_token&& other) noexcept
      : budget_(std::exchange(other.budget_, nullptr)), milli_(other.milli_) {}
  budget_token& operator=(budget_token&& other) noexcept {
    give_back();
    budget_ = std::exchange(other.budget_, nullptr);
    milli_ = other.milli_;
    return *this;
  }
  budget_token(const budget_token&) = delete;
  budget_token& operator=(const budget_token&) = delete;
  ~budget_token() { give_back(); }

  /// The repetition was sent: the token is gone.
  void spend() { budget_ = nullptr; }
  void give_back() noexcept;
  explicit operator bool() const { return budget_ != nullptr; }

 private:
  friend class retry_budget;
  budget_token(retry_budget* budget, std::int64_t milli) : budget_(budget), milli_(milli) {}
  retry_budget* budget_ = nullptr;
  std::int64_t milli_ = 0;
};

/// In thousandths of a token.
struct retry_budget_options {
  std::int64_t cap_milli = 20'000;
  std::int64_t per_success_milli = 100;
  std::int64_t per_second_milli = 100;
  std::int64_t cost_milli = 1'000;
  std::int64_t throttled_cost_milli = 500;
};

/// Starts full. In a full outage at any rate 60 s cost at most 20 + 60 * 0.1 = 26 extra calls. Thread-safe,
/// lock-free. Must outlive its tokens.
class retry_budget {
 public:
  explicit retry_budget(retry_budget_options options = {}, instant now = {});

  /// Taken when the repetition is planned, before its backoff. Nothing when the budget does not reach.
  std::optional<budget_token> take(instant now, bool throttled = false);
  /// A first attempt (not a repetition) succeeded.
  void first_attempt_succeeded() { add(options_.per_success_milli); }
  std::int64_t milli_tokens(instant now);

 private:
  friend class budget_token;
  void add(std::int64_t milli) noexcept;
  void refill(instant now);

  const retry_budget_options options_;
  std::atomic<std::int64_t> milli_;
  std::atomic<std::int64_t> refilled_to_;  // ns
};

}  // namespace epicenter::resilience
