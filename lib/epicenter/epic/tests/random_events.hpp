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

}  // namespace epicenter::epic::test
