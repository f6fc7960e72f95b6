// The first bytes of a TLS connection, read without TLS: whether it is one, and which server it asks for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace epicenter::http {

/// What bytes from the start of a connection are so far. `no` and `yes` stay what they are, whatever follows.
enum class hello_state : std::uint8_t { no, yes, need_more };

/// No more than this is needed to tell where a first message ends, or that it is none.
inline constexpr std::size_t longest_client_hello = 32 * 1024;

/// Whether TLS begins here: six bytes decide.
hello_state looks_like_client_hello(std::string_view bytes);

struct hello_name {
  hello_state state =
      hello_state::need_more;  ///< no: not TLS, malformed, or too long; yes: the message is whole
  std::string host;            ///< lower case; empty where it names no server, or no host name
};
/// The server's name (SNI) in the first message, which may come in several records.
hello_name client_hello_server_name(std::string_view bytes);

/// RFC 8446, section 6.
enum class alert : std::uint8_t {
  handshake_failure = 40,
  bad_certificate = 42,
  unsupported_certificate = 43,
  certificate_revoked = 44,
  certificate_expired = 45,
  unknown_ca = 48,
  access_denied = 49,
  protocol_version = 70,
  internal_error = 80,
  unrecognized_name = 112,
};
/// The record of this fatal alert, as either side may send it until keys are agreed upon.
std::string tls_alert(alert);

}  // namespace epicenter::http
