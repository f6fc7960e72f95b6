// A read whose first try is slow gets a second one beside it. Whoever answers first wins.
#include <epicenter/epic/pipeline_state.hpp>

namespace epicenter::epic {

resilience::hedge_input pipeline::hedge_input_of(const call& asked, std::uint32_t attempt, instant now) {
  resilience::hedge_input in = guard(asked.endpoint).hedge_input(now);
  in.cls = asked.repeat;
  in.attempt = attempt;
  in.remaining = resilience::deadline(asked.deadline).remaining(now);
  return in;
}

// How long the call waits for its first try before it gets a hedge; nothing where it gets none.
std::optional<duration> pipeline::time_to_hedge(const call& asked, instant now) {
  const bool may_hedge =
      asked.repeat == resilience::retry_class::safe && !asked.no_retry &&
      (asked.purpose == call_purpose::operation || asked.purpose == call_purpose::reconcile);
  if (!may_hedge) return std::nullopt;
  resilience::hedge& hedging = guard(asked.endpoint).hedging();
  hedging.count_call();
  const auto after = hedging.delay(hedge_input_of(asked, 1, now));
  if (!after) return std::nullopt;
  return *after;
}

// No hedge where a repetition is under way. What held the first try up for so long before it was sent, a
// hedge would have to wait for, too.
void pipeline::note_dispatch(progress& so_far, instant now) {
  if (!so_far.dispatched) so_far.dispatched = now;
  race* const both = so_far.in_race;
  if (both == nullptr || both->hedge || so_far.counted != 0) return;
  if (*so_far.dispatched >= both->began + both->after) return;
  guard(both->asked.endpoint).slow_calls().join(*both, *so_far.dispatched + both->after);
}

void pipeline::send_hedge(race& both) {
  const instant now = runtime_.now();
  const std::uint32_t attempt = both.first.counted + 1;
  endpoint_guard& guarded = guard(both.asked.endpoint);
  auto token = guarded.hedging().take(hedge_input_of(both.asked, attempt, now), budget_of(both.asked), now);
  if (!token) return;
  both.hedge = std::make_unique<race::second_try>(runtime_);
  auto& hedge = *both.hedge;
  hedge.so_far.token = std::move(*token);
  hedge.so_far.numbered = both.first.numbered++;
  const call_id slow_id{both.asked.operation, both.asked.request, hedge.so_far.numbered};
  parts_.told.tell_at(now, events::retry_scheduled{slow_id, both.after, "hedge"});
  hedge.running.spawn("epic.hedge", run_hedge(both));
}

// One attempt, never repeated. If it answers, the first try is not waited for.
runtime::task<> pipeline::run_hedge(race& both) {
  auto& mine = *both.hedge;
  call again = both.asked;
  auto ended = co_await carry(again, &mine.so_far);
  if (!mine.so_far.sent) {
    mine.so_far.token.give_back();
    guard(again.endpoint).hedging().not_sent();
  }
  if (ended) {
    both.first.lost = true;
    both.stop_first.request();
  }
  mine.end.emplace(std::move(ended));
  mine.ended.notify_all();
}

// The first try failed: whether its hedge, if one is under way, does better. Without one this is no wait.
runtime::task<bool> pipeline::hedge_answers(race& both) {
  auto& hedge = *both.hedge;
  bool cancelled = false;
  while (!hedge.end && !cancelled) {
    auto ended = co_await hedge.ended.wait(runtime::never);
    cancelled = !ended;
  }
  co_return hedge.answered();
}

// The call as ever has ended. Its own answer comes first; a hedge that still runs has lost to it.
runtime::task<> pipeline::end_hedge(race& both, bool own_answer) {
  auto& hedge = *both.hedge;
  hedge.so_far.lost = !hedge.end && own_answer;
  hedge.running.cancel();
  co_await hedge.running.join();
}

}  // namespace epicenter::epic
