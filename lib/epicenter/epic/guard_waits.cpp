// Where calls wait at an endpoint's guard.
#include <epicenter/epic/endpoint_guard.hpp>
#include <epicenter/epic/waking.hpp>

namespace epicenter::epic {
namespace {

using resilience::rejection_reason;

call_failure waited_in_vain(const error& why) {
  const bool late = why == make_error_code(runtime::errc::timed_out);
  return failed(late ? failure_cause::deadline : failure_cause::cancelled, why);
}

duration left_of(instant now, instant deadline) {
  return resilience::deadline(deadline).remaining(now);
}

}  // namespace

bool endpoint_guard::waits_for_verdict(const resilience::rejection& why) const {
  return profile_.breaker.wait_for_probe && why.reason == rejection_reason::half_open_busy;
}

// A probe that never ends is reclaimed by the breaker itself: looked at again when its lease is over.
runtime::task<result<>> endpoint_guard::wait_for_verdict(instant& now, instant deadline,
                                                         duration lease_left) {
  const instant look_again = std::min(deadline, now + std::max<duration>(lease_left, 1us));
  auto moved = co_await probes_moved_.wait(look_again);
  now = runtime_.now();
  if (moved || (moved.error() == make_error_code(runtime::errc::timed_out) && now < deadline)) {
    co_return result<>{};
  }
  co_return moved;
}

runtime::task<std::optional<call_failure>> endpoint_guard::peek(instant& now, instant deadline) {
  for (;;) {
    const auto rejected = breaker_.peek(now);
    if (!rejected) co_return std::nullopt;
    if (!waits_for_verdict(*rejected)) co_return refused_by(*rejected);
    auto waited = co_await wait_for_verdict(now, deadline, rejected->retry_after);
    if (!waited) co_return waited_in_vain(waited.error());
  }
}

runtime::task<tl::expected<resilience::permit, call_failure>> endpoint_guard::acquire_after(
    resilience::rejection rejected, instant& now, instant deadline) {
  while (waits_for_verdict(rejected)) {
    auto waited = co_await wait_for_verdict(now, deadline, rejected.retry_after);
    if (!waited) co_return tl::unexpected(waited_in_vain(waited.error()));
    auto permitted = breaker_.acquire(now);
    if (permitted) co_return std::move(*permitted);
    rejected = permitted.error();
  }
  co_return tl::unexpected(refused_by(rejected));
}

runtime::task<endpoint_guard::entry> endpoint_guard::enter(instant& now, instant deadline) {
  waking<resilience::bulkhead_waiter> waiter(runtime_);
  const resilience::bulkhead::request wanted{now, left_of(now, deadline), p50(now)};
  auto state = bulkhead_.enter(waiter, wanted);
  while (state == resilience::bulkhead_waiter::state::waiting) {
    auto woken = co_await waiter.woken.wait(deadline);
    now = runtime_.now();
    state = waiter.status();
    if (woken || state != resilience::bulkhead_waiter::state::waiting) continue;
    waiter.cancel(now);
    co_return tl::unexpected(waited_in_vain(woken.error()));
  }
  if (state == resilience::bulkhead_waiter::state::granted) co_return waiter.take();
  co_return tl::unexpected(refused_by(waiter.why()));
}

runtime::task<std::optional<call_failure>> endpoint_guard::pass_limiter(instant& now, instant deadline) {
  using state = resilience::limiter_waiter::state;
  waking<resilience::limiter_waiter> waiter(runtime_);
  state reached = limiter_.enter(waiter, now, left_of(now, deadline));
  while (reached == state::waiting) {
    instant turn = deadline;
    if (limiter_.is_first(waiter)) turn = std::min(deadline, now + limiter_.wait_of(waiter, now));
    auto woken = co_await waiter.woken.wait(turn);
    now = runtime_.now();
    limiter_.poll(now);
    reached = waiter.status();
    if (woken || reached != state::waiting) continue;
    const bool turn_came = woken.error() == make_error_code(runtime::errc::timed_out) && now < deadline;
    if (turn_came) continue;
    waiter.cancel();
    co_return waited_in_vain(woken.error());
  }
  if (reached == state::rejected) co_return refused_by(waiter.why());
  waiter.take();
  co_return std::nullopt;
}

}  // namespace epicenter::epic
