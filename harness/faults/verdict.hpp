// What a fault decides. The proxy's pump carries the decisions out; a fault never touches a socket.
#pragma once

#include <epicenter/base/time.hpp>
#include <epicenter/http/message.hpp>
#include <optional>
#include <variant>

namespace epicenter::faults {

/// Goes through as if there were no fault.
struct pass {};
/// Leaves this much later than it would have left. Order and spacing on the connection are kept.
struct delay {
  duration by{};
};
/// Nothing moves until the fault ends; then it flows.
struct hold {};
/// Connections are refused: the listener is closed for as long as the fault lasts, open connections are
/// reset.
struct refuse {};
/// The connection is torn down by a real RST, towards both sides.
struct reset {};
/// This response in place of the upstream's. Not committed: the upstream never sees the request.
struct answer {
  http::response response;
  bool committed = false;
};
/// The upstream gets the request, the client never the answer. The connection is closed this long after the
/// answer was swallowed, at the latest when the client leaves or the fault ends.
struct swallow {
  std::optional<duration> close_after;
};

using connection_verdict = std::variant<pass, refuse, hold, reset>;
using request_verdict = std::variant<pass, delay, hold, reset, answer, swallow>;
using response_verdict = std::variant<pass, delay>;
using chunk_verdict = std::variant<pass, delay>;

}  // namespace epicenter::faults
