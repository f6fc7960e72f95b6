// What can be wrong with a directory of stubs.
#pragma once

#include <epicenter/base/result.hpp>

namespace epicenter::mock::stubs {

enum class errc {
  unreadable = 1,  ///< a file or directory cannot be read
  unwritable,      ///< a file cannot be written
  bad_stub,        ///< a file holds no stub, or one that is wrong; the detail names it and says what
  outside,         ///< a path that leads out of the directory
  too_large,       ///< larger than a file of stubs may be
};
std::error_code make_error_code(errc);

}  // namespace epicenter::mock::stubs

template <>
struct std::is_error_code_enum<epicenter::mock::stubs::errc> : std::true_type {};
