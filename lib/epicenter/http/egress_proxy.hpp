// The HTTP proxy through which a hospital's network is left.
#pragma once

#include <epicenter/base/environment.hpp>
#include <epicenter/base/secret.hpp>
#include <epicenter/base/time.hpp>
#include <epicenter/http/no_proxy.hpp>
#include <epicenter/http/url.hpp>
#include <optional>
#include <string>

namespace epicenter::http {

/// Every connection to a server, also one for plain HTTP, is a tunnel that the proxy opens (CONNECT: RFC
/// 9110, section 9.3.6). TLS goes through it end to end: the proxy sees the server's name and port, and
/// nothing else.
struct egress_proxy {
  origin where;      ///< with tls the proxy itself is spoken to by TLS, and verified like any server
  std::string user;  ///< of Basic authentication, without a colon; empty: no credentials are sent
  secret password;
  /// To reach the proxy and to have its answer. It counts before, and not within, the client's
  /// connect_timeout.
  duration connect_timeout = 3s;
  no_proxy direct;  ///< servers that are reached without it
};

/// "http://user:password@proxy.example:3128", user information percent-encoded and optional; "proxy:3128" is
/// http. The port is 80 (https: 443) where none is given. errc::malformed; the text is never repeated in it.
result<egress_proxy> parse_egress_proxy(std::string_view text);

/// What HTTPS_PROXY (https_proxy where that is not set) and NO_PROXY (no_proxy) say, or nothing. Loopback is
/// reached directly then: it is another machine's at the proxy. HTTP_PROXY is not looked at: in a CGI program
/// it is a header of the client's. errc::malformed, naming the variable.
result<std::optional<egress_proxy>> egress_proxy_from(const environment&);

/// Why there is no tunnel: the cause of errc::connect_failed, or of errc::tls_failed for the proxy's own TLS.
/// The server received nothing in every case.
enum class proxy_errc {
  unreachable = 1,     ///< no connection to the proxy itself
  credentials,         ///< 407: it wants credentials, or others
  refused,             ///< 403, or another refusal: this server is not allowed
  server_unreachable,  ///< 5xx: it could not reach the server
  no_answer,           ///< it closed the connection, or its time was up
  malformed,           ///< its answer is none to CONNECT, or goes on behind its end
};
std::error_code make_error_code(proxy_errc);

/// True where the proxy said no (407, 403, …), or is itself not to be trusted: until an operator changes a
/// setting here or there, no repetition helps, and the server has no part in it. Not so where the proxy, or
/// the server behind it, cannot be reached, which may pass.
bool is_refused_by_egress(const error&);

}  // namespace epicenter::http

template <>
struct std::is_error_code_enum<epicenter::http::proxy_errc> : std::true_type {};
