// AES-256-GCM for what must not lie on a disk in clear.
#pragma once

#include <epicenter/base/secret.hpp>
#include <epicenter/store/error.hpp>
#include <memory>
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

/// The same under one key again and again, which is set up once; and digests under a key derived from it. Not
/// thread-safe. At most 2^32 seals under one key (NIST SP 800-38D, section 8.3).
class sealer {
 public:
  explicit sealer(const secret& key);
  sealer(sealer&&) noexcept;
  sealer& operator=(sealer&&) noexcept;
  ~sealer();

  std::string seal(std::string_view about, std::string_view plain);
  result<secret> unseal(std::string_view about, std::string_view sealed);
  /// HMAC-SHA-256, digest_bytes long: equal for equal texts, and nothing can be told of the text without the
  /// key.
  std::string digest(std::string_view text);

 private:
  struct contexts;
  std::unique_ptr<contexts> contexts_;
};

inline constexpr std::size_t digest_bytes = 32;

}  // namespace epicenter::store
