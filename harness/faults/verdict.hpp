// What a fault decides. The proxy's pump carries the decisions out; a fault never touches a socket.
#pragma once

#include <cstdint>
#include <epicenter/base/time.hpp>
#include <epicenter/http/message.hpp>
#include <optional>
#include <string>
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

/// The request goes on with this head in place of its own; its framing (Content-Length, Transfer-Encoding) is
/// that of the original. The chain goes on, and sees the new head.
struct edit_request {
  http::request head;
};

/// The TLS handshake with the client goes wrong in this way. Where the proxy does not end TLS itself the
/// handshake is cut off at its first message, whatever the flaw; a connection without TLS is reset.
enum class tls_flaw : std::uint8_t { expired, wrong_host, self_signed, untrusted, handshake_abort };
struct bad_handshake {
  tls_flaw flaw = tls_flaw::handshake_abort;
};
/// The upstream's name does not resolve: at once (NXDOMAIN), or not before the dial's time limit.
struct bad_lookup {
  bool silent = false;
};

/// The response leaves more slowly than it came. Rates are bytes a second; 0: as they come.
struct pace {
  duration before_head{};
  std::int64_t head_rate = 0;
  duration before_body{};
  std::int64_t body_rate = 0;
};
/// The response goes on with this status and these fields in place of its own; the framing fields stay.
struct edit_response {
  http::response head;
};
/// The fault wants to see the response whole: fault::on_whole_response is asked when it is complete.
/// Responses beyond the proxy's bound pass unchanged, and count as skipped.
struct take_whole {};

/// What leaves in place of a response that was taken whole, byte for byte.
struct delivery {
  enum class then : std::uint8_t { go_on, close, reset };
  std::string bytes;
  then after = then::go_on;  ///< close and reset: behind the last byte
};

using connection_verdict = std::variant<pass, refuse, hold, reset, bad_handshake, bad_lookup>;
using request_verdict = std::variant<pass, delay, hold, reset, answer, swallow, edit_request>;
using response_verdict = std::variant<pass, delay, pace, edit_response, take_whole>;
using chunk_verdict = std::variant<pass, delay>;

}  // namespace epicenter::faults
