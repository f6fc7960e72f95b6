// SHA-256 and base64 by OpenSSL.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace epicenter::epic {

/// 64 hexadecimal digits.
std::string sha256_hex(std::string_view);
/// With padding, without line breaks (RFC 4648, section 4).
std::string base64(std::string_view);
/// What base64 writes, read back; nothing where it is not of that form.
std::optional<std::string> decode_base64(std::string_view);

}  // namespace epicenter::epic
