// Client secrets, kept as hashes.
#pragma once

#include <string>
#include <string_view>

namespace epicenter::mock::oauth {

/// SHA-256 over client id and secret: 32 bytes. Empty where the secret is empty.
std::string hash_secret(std::string_view client_id, std::string_view secret);
/// SHA-256, 32 bytes.
std::string sha256(std::string_view text);
/// In time that does not tell how much of them is equal.
bool equal_in_constant_time(std::string_view, std::string_view);

}  // namespace epicenter::mock::oauth
