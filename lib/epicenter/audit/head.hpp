// Signed heads: who holds one, kept where the log's writer cannot reach, sees that the log was cut or
// rewritten.
#pragma once

#include <cstdint>
#include <epicenter/audit/error.hpp>
#include <epicenter/base/secret.hpp>
#include <epicenter/base/time.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::audit {

/// "The log of this id had this entry with this hash, and nothing after it, at this time."
struct signed_head {
  std::string log_id;
  std::uint64_t seq = 0;
  wall_time at{};
  std::string hash;       ///< 32 bytes
  std::string signature;  ///< Ed25519, 64 bytes
};

/// What is signed: the head without its signature, as canonical JSON.
std::string text_to_sign(const signed_head&);

/// An Ed25519 key (RFC 8032).
class head_key {
 public:
  /// From 32 random bytes, which are the private key. errc::wrong_key for another number.
  static result<head_key> from_seed(const secret& seed);
  std::string sign(std::string_view text) const;
  /// 32 bytes: all that verification needs.
  const std::string& public_key() const { return public_; }

 private:
  struct key_deleter {
    void operator()(void* key) const;
  };
  std::shared_ptr<void> key_;
  std::string public_;
};

bool is_signed_by(const signed_head&, std::string_view public_key);

/// One line of JSON, without the newline.
std::string to_line(const signed_head&);
/// Reads what to_line writes. errc::unavailable.
result<signed_head> head_from_line(std::string_view line);

/// Takes heads away from the log. Called away from the event loop; a head that it could not keep is given to
/// it again with the next.
using head_exporter = std::function<result<>(const signed_head&)>;
/// Appends heads to a file of mode 0600, each on disk when the exporter returns. It should lie on another
/// disk, in other hands.
head_exporter export_to_file(std::string path);
struct kept_heads {
  std::vector<signed_head> heads;
  std::uint64_t unreadable = 0;  ///< lines: a crash cuts one short, and no more than one
};
/// The heads of such a file. errc::unavailable.
result<kept_heads> read_heads(const std::string& path);

}  // namespace epicenter::audit
