// Where a client may send what proves who it is.
#pragma once

#include <epicenter/http/url.hpp>
#include <epicenter/smart/error.hpp>

namespace epicenter::smart {

/// An absolute https URL, or http to a loopback address, where nobody can listen in: everything else is
/// errc::untrusted_url. The error quotes nothing of the text.
result<http::url> parse_trusted_url(std::string_view text);

/// An endpoint that a server at `base` may name: trusted, and on loopback only where the base is. A server
/// elsewhere must not lead a client to its own machine.
result<http::url> parse_named_endpoint(std::string_view text, const http::url& base);

}  // namespace epicenter::smart
