// Identifiers.
#pragma once

#include <cstdint>
#include <string>

namespace epicenter {

/// A random UUID (RFC 9562, version 4) from 128 random bits, in lower case:
/// "0198f2c6-6d7e-4c31-9a52-1f0f5f1c2b77".
std::string make_uuid(std::uint64_t high, std::uint64_t low);

}  // namespace epicenter
