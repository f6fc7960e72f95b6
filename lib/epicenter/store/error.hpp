// What can go wrong in a store.
#pragma once

#include <epicenter/base/result.hpp>

namespace epicenter::store {

enum class errc {
  unavailable = 1,  ///< the store cannot be read or written: disk full, damaged, or the caller was cancelled
  not_found,        ///< no such row
  exists,           ///< a row of that operation exists, with the same content
  content_differs,  ///< a row of that operation exists, with other content
  stale_state,      ///< the row is no longer in the state the caller took it for
  not_allowed,      ///< the protocol forbids this change, whoever asks
  in_use,           ///< another process, or another object of this one, owns the file
  wrong_key,        ///< the file was sealed under another key
  no_room,          ///< the disk, or the bound on the file, leaves no room for a new row
};
std::error_code make_error_code(errc);

}  // namespace epicenter::store

template <>
struct std::is_error_code_enum<epicenter::store::errc> : std::true_type {};
