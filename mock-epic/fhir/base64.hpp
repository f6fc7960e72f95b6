// Base64 (RFC 4648, section 4), as FHIR carries attachments.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace epicenter::mock::fhir {

std::string encode_base64(std::string_view bytes);
/// Spaces between the symbols are allowed; nothing where the text is no base64.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace epicenter::mock::fhir
