// What the server says of itself.
#pragma once

#include <epicenter/base/time.hpp>
#include <string>
#include <string_view>

namespace epicenter::mock::fhir {

/// A CapabilityStatement: in profile strict Epic's own of May 2026 with the URLs of this server, in profile
/// orders what that profile serves.
std::string write_capability_statement(std::string_view base, std::string_view token_url, bool orders,
                                       wall_time now);

}  // namespace epicenter::mock::fhir
