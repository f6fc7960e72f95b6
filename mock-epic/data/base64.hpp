// Base64 with padding (RFC 4648, section 4), as FHIR's base64Binary has it.
#pragma once

#include <string>
#include <string_view>

namespace epicenter::mock::data {

std::string base64(std::string_view bytes);

}  // namespace epicenter::mock::data
