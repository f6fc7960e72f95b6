// URLs, as far as HTTP clients need them (RFC 3986, by Boost.URL).
#pragma once

#include <epicenter/base/result.hpp>
#include <epicenter/runtime/endpoint.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace epicenter::http {

/// Where an http or https URL is served: what decides whether two requests may share a connection.
struct origin {
  bool tls = false;
  runtime::endpoint server;
  /// "host:port", the port left out where it is the scheme's own: the value of the Host header.
  std::string authority() const;
  /// "http://host:port"
  std::string to_string() const;
  friend auto operator<=>(const origin&, const origin&) = default;
};

struct url {
  origin where;
  std::string target = "/";  ///< path and query; never a fragment
  std::string to_string() const { return where.to_string() + target; }
  friend bool operator==(const url&, const url&) = default;
};

/// Absolute http and https URLs without user information.
result<url> parse_url(std::string_view text);

/// Percent-encodes all but unreserved characters.
std::string percent_encode(std::string_view text);
/// Decodes %XX, and '+' as a space where form is true. errc::malformed on a broken escape.
result<std::string> percent_decode(std::string_view text, bool form = false);

using parameters = std::vector<std::pair<std::string, std::string>>;
/// name=value&…, both percent-encoded.
std::string encode_form(const parameters&);
/// Reads a query or an application/x-www-form-urlencoded body. Order and repeats are kept.
result<parameters> decode_form(std::string_view text);

}  // namespace epicenter::http
