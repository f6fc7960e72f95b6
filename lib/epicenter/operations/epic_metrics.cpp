// How events are counted.
#include <epicenter/epic/loggable.hpp>
#include <epicenter/operations/epic_metrics.hpp>

namespace epicenter::operations {
namespace {

namespace events = epic::events;

// Each is a series of its own, for good: a mistake elsewhere must not make them many.
constexpr std::size_t most_series = 200;
constexpr std::string_view others = "other";

template <class Map, class Key>
void add_one(Map& counts, Key key, Key overflow) {
  if (counts.size() >= most_series && !counts.contains(key)) key = std::move(overflow);
  ++counts[std::move(key)];
}

void add_one(std::map<std::string, std::uint64_t, std::less<>>& counts, std::string_view name) {
  add_one(counts, std::string(name), std::string(others));
}

}  // namespace

void epic_metrics::count(const tenant_ptr& tenant, const decltype(stream_event::what)& what) {
  if (const auto* step = std::get_if<clock_stepped>(&what)) {
    ++(step->by < duration{} ? clock_backwards_ : clock_forwards_);
    return;
  }
  const auto* of_adapter = std::get_if<epic::event>(&what);
  if (of_adapter == nullptr) return;  // the upkeep counts its own runs
  const auto& told = *of_adapter;
  auto found = tenants_.find(*tenant);
  if (found == tenants_.end()) found = tenants_.try_emplace(*tenant).first;
  std::visit([this, &found](const auto& one) { take(found->second, one); }, told.what);
}

void epic_metrics::take(tenant_counts& of, const events::call_started& what) {
  ++of.endpoints.at(index_of(what.endpoint)).started;
}

void epic_metrics::take(tenant_counts& of, const events::call_ended& what) {
  auto& counts = of.endpoints.at(index_of(what.endpoint));
  ++counts.ended;
  const std::pair key{epic::loggable_name(what.failure), what.status};
  add_one(counts.requests, key, std::pair{others, 0U});
  if (what.status != 0 || what.failure == "timed_out") counts.latency.record(what.took);
}

void epic_metrics::take(tenant_counts& of, const events::retry_scheduled& what) {
  add_one(of.retries, epic::loggable_name(what.cause));
}

void epic_metrics::take(tenant_counts& of, const events::token_refreshed&) {
  ++of.tokens;
}
void epic_metrics::take(tenant_counts& of, const events::token_refresh_failed&) {
  ++of.token_failures;
}
void epic_metrics::take(tenant_counts& of, const events::token_invalidated&) {
  ++of.tokens_invalidated;
}

void epic_metrics::take(tenant_counts& of, const events::circuit_changed& what) {
  if (!what.change.is_transition()) return;
  auto& counts = of.endpoints.at(index_of(what.endpoint));
  counts.circuit = what.change.to;
  ++counts.transitions.at(static_cast<std::size_t>(what.change.to));
}

void epic_metrics::take(tenant_counts& of, const events::degradation_activated& what) {
  of.fallback = true;
  add_one(of.fallbacks, epic::loggable_name(what.reason));
}
void epic_metrics::take(tenant_counts& of, const events::degradation_deactivated&) {
  of.fallback = false;
}
void epic_metrics::take(tenant_counts& of, const events::stale_served& what) {
  add_one(of.stale_answers, epic::loggable_type(what.resource));
}

void epic_metrics::take(tenant_counts& of, const events::safety_alarm& what) {
  add_one(of.alarms, epic::loggable_name(what.what));
}
void epic_metrics::take(tenant_counts& of, const events::write_changed& what) {
  const std::pair key{epic::loggable_name(what.kind), epic::loggable_state(what.state)};
  add_one(of.writes, key, std::pair{others, others});
}

}  // namespace epicenter::operations
