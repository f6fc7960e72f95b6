// When a second try of a read runs beside a slow first one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <epicenter/base/time.hpp>
#include <epicenter/base/units.hpp>
#include <epicenter/resilience/endpoint_class.hpp>
#include <epicenter/resilience/retry_budget.hpp>
#include <epicenter/resilience/retry_class.hpp>
#include <optional>
#include <string_view>
#include <tl/expected.hpp>

namespace epicenter::resilience {

struct hedge_options {
  bool enabled = true;
  /// A hedge is not sent sooner than this after its first try.
  duration min_delay = 50ms;
  /// At most this share of the calls gets one…
  share traffic{50'000};
  /// …of which so many may be saved up while nothing is slow.
  std::uint32_t saved = 10;
  /// Off while more than this share of the bulkhead is in use.
  share max_bulkhead{500'000};
};

struct hedge_input {
  retry_class cls = retry_class::non_idempotent;
  endpoint_class endpoint = endpoint_class::read;
  /// The attempt that is slow: 1 is the first.
  std::uint32_t attempt = 1;
  bool breaker_closed = true;
  bool limiter_on = false;
  std::size_t running = 0;  ///< in the bulkhead
  std::size_t limit = 1;    ///< of the bulkhead
  /// Of the last 60 s of the class; nullopt: fewer than 50 calls are known.
  std::optional<duration> p50;
  std::optional<duration> p95;
  /// Time left to the operation's deadline.
  duration remaining = duration::max();
};

enum class no_hedge : std::uint8_t {
  disabled,
  not_safe,         ///< not class A
  bulk,             ///< or token: not a class that is hedged
  not_first,        ///< a repetition is under way already
  unknown_latency,  ///< too few calls are known
  breaker,          ///< not closed
  limiter,          ///< on
  bulkhead,         ///< more than half in use
  deadline,         ///< no time for the delay and a call
  share,            ///< 5 % of the calls have had one
  budget,           ///< the host's budget of repetitions is empty
};
std::string_view name_of(no_hedge);

/// At most one hedge a call, over another connection; the first acceptable answer wins and the other try is
/// cancelled (neutral). A first try that fails ends the call unless its hedge is under way: nobody waits for
/// a hedge that was not sent. One per host and class. Not thread-safe.
class hedge {
 public:
  explicit hedge(hedge_options = {});

  /// A call that could have a hedge begins: it earns its share of one.
  void count_call();
  /// Sent after this time, should the first try still run by then: max(p95, min_delay). Or why there is none.
  tl::expected<duration, no_hedge> delay(const hedge_input&) const;
  /// That time has passed: may it be sent? Everything is asked again, and the share and the budget pay. The
  /// token is given back where it comes to nothing; then call not_sent() as well.
  tl::expected<budget_token, no_hedge> take(const hedge_input&, retry_budget&, instant now);
  void not_sent();

  std::uint64_t calls() const { return calls_; }
  std::uint64_t hedges() const { return hedges_; }

 private:
  static constexpr std::int64_t one = 1'000'000;

  std::optional<no_hedge> standing_refusal(const hedge_input&) const;

  hedge_options options_;
  std::int64_t earned_ = 0;  // millionths of a hedge
  std::uint64_t calls_ = 0;
  std::uint64_t hedges_ = 0;
};

}  // namespace epicenter::resilience
