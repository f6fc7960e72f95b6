#include "harness/cli/version.hpp"

namespace epicenter::cli {

std::string version_number() {
  return EPICENTER_VERSION;
}

std::string version_text() {
  return "epicenter " + version_number();
}

std::string compiler_text() {
#if defined(__clang__)
  return "clang++ " __clang_version__;
#else
  return "g++ " __VERSION__;
#endif
}

}  // namespace epicenter::cli
