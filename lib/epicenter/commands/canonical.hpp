// One text for one JSON value, so that its hash means something.
#pragma once

#include <epicenter/json/value.hpp>
#include <string>

namespace epicenter::commands {

/// Members in the order of their keys' bytes, no spaces, numbers as they were written (RFC 8785 but for the
/// numbers: a FHIR decimal's digits carry meaning).
std::string canonical(const json::value&);

}  // namespace epicenter::commands
