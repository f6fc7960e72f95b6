// Events of every kind, drawn at random; where asked, with things planted in their texts that must never be
// written anywhere.
#pragma once

#include <array>
#include <epicenter/epic/events.hpp>
#include <epicenter/runtime/random.hpp>
#include <string_view>

namespace epicenter::epic::test {

/// A name, a record number, a FHIR id, tokens: what a text of an event might wrongly carry.
inline constexpr std::array<std::string_view, 7> planted{"Camila Lopez",
                                                         "MRN 203713",
                                                         "203713",
                                                         "erXuFYUfucBZaryVksYEcMg3",
                                                         "eyJhbGciOiJSUzM4NCJ9.eyJpc3MiOiJ4In0.c2ln",
                                                         "Bearer tok-SECRET-91",
                                                         "Jason Argonaut\"}\n{\"x"};

/// What is searched for: no part of the above may show.
inline constexpr std::array<std::string_view, 6> planted_parts{"Camila", "203713", "erXu",
                                                               "eyJ",    "SECRET", "Argonaut"};

class random_events {
 public:
  random_events(std::uint64_t seed, bool plant) : random_(seed), plant_(plant) {}

  /// The next event in order; time goes on by up to `step`.
  event next(duration step);

 private:
  std::string_view text(std::string_view harmless);
  call_id id();
  resilience::endpoint_class endpoint();
  decltype(event::what) draw();
  events::call_ended call_ended();
  events::circuit_changed circuit_changed();

  runtime::random_stream random_;
  bool plant_;
  std::uint64_t seq_ = 0;
  instant now_{};
  std::array<resilience::breaker_state, resilience::endpoint_class_count> circuits_{};
};

inline event random_events::next(duration step) {
  now_ += random_.between(duration{}, step);
  event made;
  made.seq = ++seq_;
  made.at = now_;
  made.what = draw();
  return made;
}

inline std::string_view random_events::text(std::string_view harmless) {
  if (!plant_ || random_.below(3) != 0) return harmless;
  return planted.at(random_.below(planted.size()));
}

inline call_id random_events::id() {
  return call_id{std::string(text("0198f2c6-6d7e-4c31-9a52-1f0f5f1c2b77")), 1, 1};
}

inline resilience::endpoint_class random_events::endpoint() {
  return resilience::all_endpoint_classes.at(random_.below(resilience::endpoint_class_count));
}

inline events::call_ended random_events::call_ended() {
  constexpr std::array<unsigned, 9> statuses{200, 200, 201, 404, 408, 429, 500, 503, 0};
  constexpr std::array<std::string_view, 4> failures{"timed_out", "reset", "cancelled", "connect_failed"};
  const unsigned status = statuses.at(random_.below(statuses.size()));
  const auto failure = status == 0 ? text(failures.at(random_.below(failures.size()))) : std::string_view();
  return {id(), call_purpose::operation, endpoint(), 1, status, failure, random_.between(1ms, 6s)};
}

inline events::circuit_changed random_events::circuit_changed() {
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

inline decltype(event::what) random_events::draw() {
  switch (random_.below(16)) {
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
    case 11:
      return events::safety_alarm{text("wrong_patient"), id().operation, text("Observation"),
                                  std::string(text("code status"))};
    case 12:
      return events::quota_parked{text("DocumentReference"), wall_time(24h)};
    default:
      return call_ended();
  }
}

}  // namespace epicenter::epic::test
