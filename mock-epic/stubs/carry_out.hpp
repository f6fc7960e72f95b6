// Carries out a stub's answer on the wire.
#pragma once

#include <epicenter/http/server.hpp>
#include <optional>

#include "mock-epic/stubs/outbound.hpp"
#include "mock-epic/stubs/stub_answer.hpp"

namespace epicenter::mock::stubs {

struct carried_out {
  bool sent = false;                      ///< the transport has taken the whole answer
  std::optional<http::response> proxied;  ///< what came from the upstream, or the 500 in its place
  bool from_upstream = false;             ///< proxied is the upstream's own: recordings may be made of it
};

/// Waits, then faults, proxies, dribbles or responds; then starts the webhooks. Needs no lock: all that it
/// works on is in its arguments. To be awaited inside of the exchange's handler.
runtime::task<carried_out> carry_out(runtime::runtime&, http::exchange&, stub_answer, outbound&);

}  // namespace epicenter::mock::stubs
