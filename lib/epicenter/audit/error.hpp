// What can go wrong in an audit log.
#pragma once

#include <epicenter/base/result.hpp>

namespace epicenter::audit {

enum class errc {
  unavailable = 1,  ///< the log takes no events
  not_allowed,      ///< the log's rules forbid it, whoever asks
  in_use,           ///< another process, or another object of this one, owns the file
  wrong_key,        ///< the file was made under another key
};
std::error_code make_error_code(errc);

}  // namespace epicenter::audit

template <>
struct std::is_error_code_enum<epicenter::audit::errc> : std::true_type {};
