// A read whose first try is slow gets a second one beside it. Whoever answers first wins.
#include <epicenter/epic/pipeline_state.hpp>

namespace epicenter::epic {
namespace {

bool timed_out(const result<>& waited) {
  return !waited && waited.error() == make_error_code(runtime::errc::timed_out);
}

}  // namespace

resilience::hedge_input pipeline::hedge_input_of(const call& asked, std::uint32_t attempt, instant now) {
  resilience::hedge_input in = guard(asked.endpoint).hedge_input(now);
  in.cls = asked.repeat;
  in.attempt = attempt;
  in.remaining = resilience::deadline(asked.deadline).remaining(now);
  return in;
}

runtime::task<call_result> pipeline::run_hedged(call asked, instant now, duration after) {
  race both(runtime_, std::move(asked));
  both.first.in_race = &both;
  both.first_task.spawn("epic.call", run_first(both, now));
  const bool slow = co_await wait_to_hedge(both, now, after);
  if (slow) send_hedge(both, after);
  bool cancelled = false;
  while (!cancelled && !both.first_end) {
    const bool hedge_won = both.hedge_end && both.hedge_end->has_value();
    if (hedge_won) break;
    auto moved = co_await both.moved.wait(runtime::never);
    cancelled = !moved;
  }
  both.first.lost = !both.first_end && !cancelled;
  both.hedge.lost = !both.hedge_end && !cancelled;
  both.first_task.cancel();
  both.hedge_task.cancel();
  co_await both.first_task.join();
  co_await both.hedge_task.join();
  const bool by_hedge = both.hedge_end && both.hedge_end->has_value() && !both.first_end->has_value();
  if (by_hedge) co_return std::move(*both.hedge_end);
  co_return std::move(*both.first_end);
}

// True when the first try was sent and its time is over without an end, and no repetition is under way.
runtime::task<bool> pipeline::wait_to_hedge(race& both, instant now, duration after) {
  while (!both.first_end && both.first.counted == 0) {
    const instant from = both.first.dispatched.value_or(now);
    auto moved = co_await both.moved.wait(from + after);
    if (moved) continue;
    // Not sent yet: what it waits for, a hedge would have to wait for, too.
    if (!timed_out(moved) || !both.first.dispatched) co_return false;
    if (*both.first.dispatched == from) co_return true;
  }
  co_return false;
}

void pipeline::send_hedge(race& both, duration after) {
  const instant now = runtime_.now();
  const std::uint32_t attempt = both.first.counted + 1;
  endpoint_guard& guarded = guard(both.asked.endpoint);
  auto token = guarded.hedging().take(hedge_input_of(both.asked, attempt, now), budget_of(both.asked), now);
  if (!token) return;
  both.hedged = true;
  both.hedge.token = std::move(*token);
  both.hedge.numbered = ++both.first.numbered;
  const call_id slow_id{both.asked.operation, both.asked.request, both.hedge.numbered - 1};
  parts_.told.tell_at(now, events::retry_scheduled{slow_id, after, "hedge"});
  both.hedge_task.spawn("epic.hedge", run_hedge(both, now));
}

runtime::task<> pipeline::run_first(race& both, instant now) {
  auto ended = co_await run_attempts(both.asked, both.first, now);
  both.first_end.emplace(std::move(ended));
  both.moved.notify_all();
}

// One attempt, never repeated.
runtime::task<> pipeline::run_hedge(race& both, instant now) {
  auto report = co_await attempt(both.asked, both.hedge.numbered, both.hedge, now);
  if (report.sent) {
    both.hedge.token.spend();
  } else {
    both.hedge.token.give_back();
    guard(both.asked.endpoint).hedging().not_sent();
  }
  if (report.is_answer(false)) {
    both.hedge_end.emplace(std::move(report.got));
  } else {
    both.hedge_end.emplace(tl::unexpected(failure_of(std::move(report), both.hedge.decision)));
  }
  both.moved.notify_all();
}

// The first try failed: whether its hedge, if one is under way, does better. Without one this is no wait.
runtime::task<bool> pipeline::hedge_answers(race& both) {
  bool cancelled = false;
  while (both.hedged && !both.hedge_end && !cancelled) {
    auto moved = co_await both.moved.wait(runtime::never);
    cancelled = !moved;
  }
  co_return both.hedge_end.has_value() && both.hedge_end->has_value();
}

}  // namespace epicenter::epic
