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
  invalid_option,       ///< an option out of its range
  no_such_job,          ///< upkeep was not asked to do this
  copies_unavailable,   ///< the folder of copies cannot be read or changed
  heads_unusable,       ///< the exported heads are missing, damaged or not up to date
  chain_broken,         ///< the audit chain does not verify, or nobody has looked
};
std::error_code make_error_code(errc);

}  // namespace epicenter::operations

template <>
struct std::is_error_code_enum<epicenter::operations::errc> : std::true_type {};
