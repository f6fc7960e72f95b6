// JSON as WireMock (Jackson's default pretty printer) writes it.
#pragma once

#include <epicenter/json/value.hpp>
#include <string>

namespace epicenter::mock::stubs {

/// "k" : v, two spaces an indent, arrays as [ a, b ].
std::string write_jackson(const json::value&);

}  // namespace epicenter::mock::stubs
