// What can go wrong in operations.
#pragma once

#include <epicenter/base/result.hpp>

namespace epicenter::operations {

enum class errc {
  log_unavailable = 1,  ///< the log file cannot be opened or written
  stopped,              ///< stop() was called
  too_many_wait,        ///< a queue of this process is full
  cancelled,            ///< the caller took it back before it began
  past_the_log,         ///< a change that did not come by way of the audit log
};
std::error_code make_error_code(errc);

}  // namespace epicenter::operations

template <>
struct std::is_error_code_enum<epicenter::operations::errc> : std::true_type {};
