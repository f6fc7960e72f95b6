// Base64 for JWTs: URL-safe alphabet, no padding (RFC 7515, appendix C).
#pragma once

#include <string>
#include <string_view>

namespace epicenter::smart {

std::string base64url(std::string_view bytes);

}  // namespace epicenter::smart
