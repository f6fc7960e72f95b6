// The key set that a client publishes at its JWKS URL (RFC 7517).
#pragma once

#include <epicenter/smart/key.hpp>

namespace epicenter::smart {

/// The document, public members only. Servers take a key by kid and kty and refuse where two have the same
/// (SMART App Launch 2.2, "client-confidential-asymmetric"): errc::bad_key_set then, and for no key at all.
result<std::string> jwks_document(std::span<const private_key> keys);

/// Writes it for a static web server: 0644, in one step. Blocks. The server must answer without redirects,
/// and with a Cache-Control of minutes: Epic keeps a key set up to 29 hours where nothing is said.
/// errc::bad_key_set, errc::unwritable.
result<> write_jwks_file(const std::string& path, std::span<const private_key> keys);

}  // namespace epicenter::smart
