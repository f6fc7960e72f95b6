// What can be wrong with the description of a fault.
#pragma once

#include <epicenter/base/result.hpp>

namespace epicenter::faults {

enum class errc {
  unknown_type = 1,   ///< the catalog has no fault of that name
  unknown_parameter,  ///< the fault has no parameter of that name; the detail names the nearest ones
  missing_parameter,  ///< a required parameter is absent
  bad_parameter,      ///< a value is of the wrong kind or out of its range
  bad_selection,      ///< match or rate is of the wrong kind or out of its range
};
std::error_code make_error_code(errc);

}  // namespace epicenter::faults

template <>
struct std::is_error_code_enum<epicenter::faults::errc> : std::true_type {};
