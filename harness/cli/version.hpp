#pragma once

#include <string>

namespace epicenter::cli {

/// "epicenter 0.1.0"
std::string version_text();
/// "0.1.0"
std::string version_number();
/// "g++ 12.2.0"
std::string compiler_text();

}  // namespace epicenter::cli
