#include <algorithm>
#include <epicenter/epic/degradation.hpp>

namespace epicenter::epic {
namespace {

constexpr std::uint32_t answers_to_recover = 3;
constexpr duration calm_to_recover = 5s;
constexpr std::string_view component = "patient_context";

// What lets every call through counts as closed: nobody is served from the cache because of it.
bool lets_through(resilience::breaker_state state) {
  return state == resilience::breaker_state::closed || state == resilience::breaker_state::forced_closed ||
         state == resilience::breaker_state::metrics_only;
}

bool has_fallback(resilience::endpoint_class endpoint) {
  return endpoint == resilience::endpoint_class::read || endpoint == resilience::endpoint_class::search;
}

}  // namespace

degradation::degradation(runtime::runtime& rt, announcer& told, runtime::task_group& background)
    : runtime_(rt), told_(told), background_(background) {
  closed_.fill(true);
}

void degradation::served_stale(resilience::endpoint_class endpoint, std::string_view reason, duration age,
                               duration bound) {
  disturb();
  activate(endpoint, reason, bound);
  ++stale_answers_;
  oldest_ = std::max(oldest_, age);
}

void degradation::on_breaker(resilience::endpoint_class endpoint, const resilience::breaker_event& change,
                             duration bound) {
  if (!has_fallback(endpoint)) return;
  const bool closed = lets_through(change.to);
  closed_.at(index_of(endpoint)) = closed;
  if (closed) return;
  disturb();
  const bool opened = change.to == resilience::breaker_state::open;
  if (opened || change.to == resilience::breaker_state::forced_open)
    activate(endpoint, "breaker_open", bound);
}

void degradation::served_live() {
  if (!active_) return;
  if (std::find(closed_.begin(), closed_.end(), false) != closed_.end()) return;
  if (++live_answers_ != answers_to_recover) return;
  background_.spawn("epic.degradation", end_when_calm(disturbances_));
}

runtime::task<> degradation::end_when_calm(std::uint64_t disturbances) {
  auto slept = co_await runtime::sleep_for(runtime_, calm_to_recover);
  if (slept && active_ && disturbances == disturbances_) deactivate("recovered");
}

void degradation::shut_down() {
  if (active_) deactivate("shutdown");
}

void degradation::disturb() {
  ++disturbances_;
  live_answers_ = 0;
}

void degradation::activate(resilience::endpoint_class endpoint, std::string_view reason, duration bound) {
  if (active_) return;
  active_ = true;
  since_ = runtime_.now();
  stale_answers_ = 0;
  oldest_ = {};
  told_.tell(events::degradation_activated{++id_, component, endpoint, "stale", reason, bound});
}

void degradation::deactivate(std::string_view reason) {
  active_ = false;
  disturb();
  const duration lasted = runtime_.now() - since_;
  told_.tell(events::degradation_deactivated{id_, component, lasted, stale_answers_, oldest_, reason});
}

}  // namespace epicenter::epic
