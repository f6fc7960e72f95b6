// The stages of faults on one connection: begun, changed in place and ended as the faults are.
#include <algorithm>

#include "harness/proxy/connection.hpp"

namespace epicenter::proxy {

/// Stages of faults that are new to this connection begin; those of a fault that was changed in place follow
/// the ones they replace.
void connection::attach_stages() {
  const auto& wanted = shared_.faults.streams();
  std::vector<chosen_fault> fresh;
  for (const auto& f : wanted) {
    if (std::find(asked_streams_.begin(), asked_streams_.end(), f) != asked_streams_.end()) continue;
    const auto ordinal = shared_.faults.decide_stream(*f, sides_.peer, of());
    if (ordinal) fresh.push_back({f, *ordinal});
  }
  asked_streams_ = wanted;
  attach_stages_to(up_, faults::flow::upstream, fresh);
  if (!dead_) attach_stages_to(down_, faults::flow::downstream, fresh);
}

void connection::attach_stages_to(lane& l, faults::flow direction, const std::vector<chosen_fault>& fresh) {
  if (fresh.empty() && l.stages().empty()) return;
  live_stages before = std::move(l.stages());
  live_stages& now = l.stages();
  now.clear();
  std::vector<std::size_t> begun;
  bool closes = false;
  for (const auto& f : asked_streams_) {
    const auto old = std::find_if(before.begin(), before.end(),
                                  [&](const live_stage& s) { return s.behaviour && s.fault == f; });
    if (old != before.end()) {
      now.push_back(std::move(*old));
      continue;
    }
    const auto chosen =
        std::find_if(fresh.begin(), fresh.end(), [&](const chosen_fault& c) { return c.fault == f; });
    if (chosen == fresh.end()) continue;
    auto made = f->behaviour->make_stage(direction, f->values(chosen->ordinal));
    if (!made) continue;
    const auto replaced = std::find_if(before.begin(), before.end(), [&](const live_stage& s) {
      return s.behaviour && s.fault->id == f->id && s.fault->ended;
    });
    if (replaced != before.end()) {
      made->take_over(*replaced->behaviour);
      replaced->behaviour.reset();
    }
    begun.push_back(now.size());
    now.push_back({f, std::move(made), l.bit_of(f), held_on_connection(f)});
  }
  for (const auto& s : before) {
    if (s.behaviour && s.behaviour->on_removed() == faults::stage::parting::close) closes = true;
  }
  for (const auto which : begun) l.begin_stage(which, shared_.rt.now());
  if (closes) close_both();
}

/// One connection counts once, whatever its directions.
std::shared_ptr<const holding> connection::held_on_connection(const active_fault_ptr& f) {
  for (auto* l : {&up_, &down_}) {
    for (const auto& s : l->stages()) {
      if (s.fault == f) return s.held;
    }
  }
  return std::make_shared<const holding>(f);
}

void connection::attach_stages_for(arriving_request& request, pending_exchange& answer,
                                   const std::vector<chosen_fault>& by) {
  const instant now = shared_.rt.now();
  for (const auto& [f, ordinal] : by) {
    const auto held = std::make_shared<const holding>(f);
    auto there = f->behaviour->make_stage(faults::flow::upstream, f->values(ordinal));
    if (there) request.stages.push_back({f, std::move(there), up_.bit_of(f), held});
    auto back = f->behaviour->make_stage(faults::flow::downstream, f->values(ordinal));
    if (back) answer.stages.push_back({f, std::move(back), down_.bit_of(f), held});
  }
  // What a stage does at its beginning concerns the connection as a whole.
  for (std::size_t i = 0; i < request.stages.size(); ++i) run_begin(request.stages, i, now, up_.sink());
  for (std::size_t i = 0; i < answer.stages.size(); ++i) run_begin(answer.stages, i, now, down_.sink());
}

/// Stages that leave a hole in the connection concern it for longer than their exchange.
void connection::retire(live_stages over, live_stages& kept) {
  for (auto& s : over) {
    if (s.behaviour->on_removed() == faults::stage::parting::close) kept.push_back(std::move(s));
  }
}

/// Exchanges whose fault has ended go on without it; true where the connection is to be closed for that.
bool connection::drop_ended_stages() {
  bool closes = false;
  const auto drop = [&](live_stages& all, lane& l, faults::flow direction) {
    for (std::size_t i = 0; i < all.size();) {
      auto& old = all[i];
      if (!old.fault->ended) {
        ++i;
        continue;
      }
      const auto next = shared_.faults.successor_of(*old.fault);
      auto made = next ? next->behaviour->make_stage(direction, next->values(0)) : nullptr;
      if (made) {
        made->take_over(*old.behaviour);
        old = {next, std::move(made), l.bit_of(next), std::make_shared<const holding>(next)};
        run_begin(all, i++, shared_.rt.now(), l.sink());
        continue;
      }
      if (old.behaviour->on_removed() == faults::stage::parting::close) closes = true;
      all.erase(all.begin() + static_cast<std::ptrdiff_t>(i));
    }
  };
  drop(retired_up_, up_, faults::flow::upstream);
  drop(retired_down_, down_, faults::flow::downstream);
  if (arriving_) drop(arriving_->stages, up_, faults::flow::upstream);
  for (auto& e : exchanges_) drop(e.stages, down_, faults::flow::downstream);
  return closes;
}

}  // namespace epicenter::proxy
