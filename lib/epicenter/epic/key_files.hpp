// The installation's own keys, each in a file of its own.
#pragma once

#include <epicenter/base/result.hpp>
#include <epicenter/base/secret.hpp>
#include <string>

namespace epicenter::epic {

/// The 32 bytes that the file holds as 64 hexadecimal digits; made from the operating system's randomness,
/// with mode 0600, where there is none. store::errc::unavailable where it cannot be read or made,
/// store::errc::wrong_key where it holds something else or others may read it; the detail names the file.
/// Blocks.
result<secret> key_in_file(const std::string& path);

}  // namespace epicenter::epic
