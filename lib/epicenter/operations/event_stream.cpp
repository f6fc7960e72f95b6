#include <algorithm>
#include <epicenter/base/check.hpp>
#include <epicenter/operations/event_stream.hpp>

namespace epicenter::operations {
namespace {

stream_event_ptr replay_of(const stream_event_ptr& told) {
  auto again = std::make_shared<stream_event>(*told);
  again->replayed = true;
  return again;
}

}  // namespace

std::vector<stream_event_ptr> subscription::take(std::size_t most) {
  const std::size_t count = std::min(most, waiting_.size());
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<stream_event_ptr> taken(waiting_.begin(), end);
  waiting_.erase(waiting_.begin(), end);
  return taken;
}

void subscription::put(stream_event_ptr told) {
  const bool was_empty = waiting_.empty();
  if (waiting_.size() == capacity_) {
    waiting_.pop_front();
    ++dropped_;
  }
  waiting_.push_back(std::move(told));
  if (was_empty && on_ready_) on_ready_();
}

epic::event_observer event_stream::observer(std::string tenant) {
  auto name = std::make_shared<const std::string>(std::move(tenant));
  return [this, name](const epic::event& told) { publish(name, told, told.at); };
}

void event_stream::publish(clock_stepped step, instant at) {
  publish(nullptr, step, at);
}

void event_stream::publish(upkeep_ran ran, instant at) {
  publish(nullptr, std::move(ran), at);
}

void event_stream::publish(const tenant_ptr& tenant, decltype(stream_event::what) what, instant at) {
  ++seq_;
  for (const auto& tap : taps_) tap(tenant, what);
  auto told = std::make_shared<stream_event>();
  told->seq = seq_;
  told->at = at;
  told->tenant = tenant;
  told->what = std::move(what);
  remember(told);
  std::erase_if(subscriptions_, [](const auto& one) { return one.expired(); });
  // By index: being told, one may subscribe another.
  for (std::size_t i = 0; i < subscriptions_.size(); ++i) {
    if (const auto to = subscriptions_[i].lock()) to->put(told);
  }
}

void event_stream::remember(const stream_event_ptr& told) {
  if (const auto* ran = std::get_if<upkeep_ran>(&told->what)) {
    if (ran->end == upkeep_end::alarm) {
      chain_alarm_ = told;
    } else if (ran->job == upkeep_job::audit_verify && ran->end == upkeep_end::ok) {
      chain_alarm_ = nullptr;
    }
    return;
  }
  const auto* of_adapter = std::get_if<epic::event>(&told->what);
  if (of_adapter == nullptr) return;
  const auto& what = of_adapter->what;
  if (const auto* circuit = std::get_if<epic::events::circuit_changed>(&what)) {
    if (!circuit->change.is_transition()) return;
    auto& circuits = standing_[*told->tenant].circuits;
    if (circuit->change.to == resilience::breaker_state::closed) {
      circuits.erase(circuit->endpoint);
    } else {
      circuits[circuit->endpoint] = told;
    }
  } else if (std::holds_alternative<epic::events::degradation_activated>(what)) {
    standing_[*told->tenant].fallback = told;
  } else if (std::holds_alternative<epic::events::degradation_deactivated>(what)) {
    standing_[*told->tenant].fallback = nullptr;
  } else if (std::holds_alternative<epic::events::token_refreshed>(what)) {
    standing_[*told->tenant].token = told;
  }
}

subscription_ptr event_stream::subscribe(std::string name, std::size_t capacity,
                                         std::function<void()> on_ready) {
  EPICENTER_CHECK(capacity > 0, "a subscriber without room would never be told anything");
  auto made = std::make_shared<subscription>();
  made->name_ = std::move(name);
  made->capacity_ = capacity;
  std::vector<stream_event_ptr> now;
  for (const auto& [tenant, state] : standing_) {
    for (const auto& [endpoint, told] : state.circuits) now.push_back(told);
    if (state.fallback) now.push_back(state.fallback);
    if (state.token) now.push_back(state.token);
  }
  if (chain_alarm_) now.push_back(chain_alarm_);
  std::sort(now.begin(), now.end(), [](const auto& a, const auto& b) { return a->seq < b->seq; });
  for (const auto& told : now) made->put(replay_of(told));
  made->on_ready_ = std::move(on_ready);
  subscriptions_.push_back(made);
  if (!made->empty() && made->on_ready_) made->on_ready_();
  return made;
}

void event_stream::add_tap(tap_function more) {
  taps_.push_back(std::move(more));
}

std::vector<subscription_ptr> event_stream::subscriptions() const {
  std::vector<subscription_ptr> live;
  for (const auto& one : subscriptions_) {
    if (auto held = one.lock()) live.push_back(std::move(held));
  }
  return live;
}

}  // namespace epicenter::operations
