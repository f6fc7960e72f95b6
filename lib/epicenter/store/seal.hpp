// AES-256-GCM for what must not lie on a disk in clear.
#pragma once

#include <epicenter/base/secret.hpp>
#include <epicenter/store/error.hpp>
#include <string>
#include <string_view>

namespace epicenter::store {

inline constexpr std::size_t key_bytes = 32;

/// 32 random bytes of the operating system: never from a seed, so that no two runs share a key.
secret make_key();

/// Random nonce (12 bytes), ciphertext, tag (16 bytes). `about` is authenticated, not stored: what is sealed
/// for one row does not open in another. The key has key_bytes bytes.
std::string seal(const secret& key, std::string_view about, std::string_view plain);

/// errc::wrong_key where the key, `about` or a byte differs.
result<secret> unseal(const secret& key, std::string_view about, std::string_view sealed);

}  // namespace epicenter::store
