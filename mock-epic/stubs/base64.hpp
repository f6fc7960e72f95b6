// base64 with padding (RFC 4648, section 4), as WireMock's JSON carries bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace epicenter::mock::stubs {

std::string encode_base64(std::string_view bytes);
/// Nothing where the text is not base64. Padding may be absent, line breaks may not.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace epicenter::mock::stubs
