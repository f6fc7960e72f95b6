#include <algorithm>
#include <epicenter/base/check.hpp>
#include <epicenter/resilience/hedge.hpp>

namespace epicenter::resilience {

hedge::hedge(hedge_options options) : options_(options) {
  EPICENTER_CHECK(options_.min_delay >= 0ns, "hedge: min_delay is not negative");
  EPICENTER_CHECK(options_.traffic.ppm >= 0 && options_.traffic.ppm <= one, "hedge: a share of the traffic");
  EPICENTER_CHECK(options_.max_bulkhead.ppm >= 0 && options_.max_bulkhead.ppm <= one,
                  "hedge: a share of the bulkhead");
}

void hedge::count_call() {
  ++calls_;
  const std::int64_t most = one * static_cast<std::int64_t>(options_.saved);
  earned_ = std::min(most, earned_ + options_.traffic.ppm);
}

std::optional<no_hedge> hedge::standing_refusal(const hedge_input& in) const {
  if (!options_.enabled) return no_hedge::disabled;
  if (in.cls != retry_class::safe) return no_hedge::not_safe;
  if (in.endpoint == endpoint_class::bulk || in.endpoint == endpoint_class::token) return no_hedge::bulk;
  if (in.attempt != 1) return no_hedge::not_first;
  if (!in.p50 || !in.p95) return no_hedge::unknown_latency;
  if (!in.breaker_closed) return no_hedge::breaker;
  if (in.limiter_on) return no_hedge::limiter;
  const auto used = static_cast<std::int64_t>(in.running) * one;
  if (used > options_.max_bulkhead.ppm * static_cast<std::int64_t>(in.limit)) return no_hedge::bulkhead;
  return std::nullopt;
}

tl::expected<duration, no_hedge> hedge::delay(const hedge_input& in) const {
  if (const auto why = standing_refusal(in)) return tl::unexpected(*why);
  const duration after = std::max(*in.p95, options_.min_delay);
  if (in.remaining < after || in.remaining - after < *in.p50) return tl::unexpected(no_hedge::deadline);
  if (earned_ < one) return tl::unexpected(no_hedge::share);
  return after;
}

tl::expected<budget_token, no_hedge> hedge::take(const hedge_input& in, retry_budget& budget, instant now) {
  if (const auto why = standing_refusal(in)) return tl::unexpected(*why);
  if (in.remaining < *in.p50) return tl::unexpected(no_hedge::deadline);
  if (earned_ < one) return tl::unexpected(no_hedge::share);
  auto token = budget.take(now);
  if (!token) return tl::unexpected(no_hedge::budget);
  earned_ -= one;
  ++hedges_;
  return std::move(*token);
}

void hedge::not_sent() {
  EPICENTER_CHECK(hedges_ > 0, "hedge: what was not taken cannot come back");
  --hedges_;
  earned_ += one;
}

}  // namespace epicenter::resilience
