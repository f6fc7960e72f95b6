// base64url without padding (RFC 7515, section 2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace epicenter::mock::oauth {

/// Nothing where the text has a character outside the alphabet (padding included), a length that cannot be,
/// or bits set beyond the last byte.
std::optional<std::string> decode_base64url(std::string_view text);
std::string encode_base64url(std::string_view bytes);

}  // namespace epicenter::mock::oauth
