// What can go wrong with flags.
#pragma once

#include <epicenter/base/result.hpp>

namespace epicenter::policy {

enum class errc {
  unknown_flag = 1,  ///< no flag of that name; the detail suggests one
  invalid_value,     ///< a share, a user or a set of variants that cannot be
  not_audited,       ///< the observer refused the change; nothing changed
  not_saved,         ///< the file could not be written; nothing changed
  unreadable,        ///< the file is there and cannot be used
};
std::error_code make_error_code(errc);

}  // namespace epicenter::policy

template <>
struct std::is_error_code_enum<epicenter::policy::errc> : std::true_type {};
