#include "lib/epicenter/epic/tests/random_events.hpp"

namespace epicenter::epic::test {

event random_events::next(duration step) {
  now_ += random_.between(duration{}, step);
  event made;
  made.seq = ++seq_;
  made.at = now_;
  made.what = draw();
  return made;
}

std::string_view random_events::text(std::string_view harmless) {
  if (!plant_ || random_.below(3) != 0) return harmless;
  return planted.at(random_.below(planted.size()));
}

call_id random_events::id() {
  return call_id{std::string(text("0198f2c6-6d7e-4c31-9a52-1f0f5f1c2b77")), 1, 1};
}

resilience::endpoint_class random_events::endpoint() {
  return resilience::all_endpoint_classes.at(random_.below(resilience::endpoint_class_count));
}

events::call_ended random_events::call_ended() {
  constexpr std::array<unsigned, 9> statuses{200, 200, 201, 404, 408, 429, 500, 503, 0};
  constexpr std::array<std::string_view, 4> failures{"timed_out", "reset", "cancelled", "connect_failed"};
  const unsigned status = statuses.at(random_.below(statuses.size()));
  const auto failure = status == 0 ? text(failures.at(random_.below(failures.size()))) : std::string_view();
  return {id(), call_purpose::operation, endpoint(), 1, status, failure, random_.between(1ms, 6s)};
}

events::circuit_changed random_events::circuit_changed() {
  events::circuit_changed made;
  made.endpoint = endpoint();
  auto& state = circuits_.at(index_of(made.endpoint));
  made.change.from = state;
  state = static_cast<resilience::breaker_state>(random_.below(6));
  made.change.to = state;
  made.change.cause = resilience::transition_cause::manual;
  made.change.actor = "clinician-1";
  made.change.reason = text("maintenance is over");
  return made;
}

decltype(event::what) random_events::draw() {
  switch (random_.below(14)) {
    case 0:
      return events::call_started{id(), call_purpose::operation, endpoint(), 1, now_ + 300s};
    case 1:
      return events::retry_scheduled{id(), 100ms, text("5xx")};
    case 2:
      return events::token_refreshed{1, 300s};
    case 3:
      return events::token_refresh_failed{
          std::string(text("the token endpoint refused: 400 invalid_client"))};
    case 4:
      return events::token_invalidated{1};
    case 5:
      return circuit_changed();
    case 6:
      return events::degradation_activated{1,       "patient_context",    endpoint(),
                                           "stale", text("breaker_open"), 15min};
    case 7:
      return events::degradation_deactivated{1, "patient_context", 7s, 3, 2min, text("recovered")};
    case 8:
      return events::stale_served{id().operation, text("AllergyIntolerance"), 2min, 15min,
                                  text("breaker_open")};
    case 9:
    case 10: {
      constexpr std::array<std::string_view, 5> states{"PLANNED", "WRITTEN", "REJECTED", "DUPLICATE",
                                                       "NEEDS_REVIEW"};
      return events::write_changed{id().operation, text("order_lab"), states.at(random_.below(states.size())),
                                   std::string(text("ServiceRequest/eAbc")), text("not_found")};
    }
    default:
      return call_ended();
  }
}

}  // namespace epicenter::epic::test
