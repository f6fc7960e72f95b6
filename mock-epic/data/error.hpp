// What can be wrong with data that is brought along: charts to load, a state to restore.
#pragma once

#include <epicenter/base/result.hpp>

namespace epicenter::mock::data {

enum class errc {
  cannot_read = 1,  ///< the file system refused; the detail names the path
  too_large,        ///< beyond a bound; the detail says which
  not_json,         ///< the detail has file, line and column
  not_fhir,         ///< JSON, but no resource that can be served; the detail says where and why
  does_not_fit,  ///< right in itself, but not with the rest: a reference to nothing, another hospital's state
};
std::error_code make_error_code(errc);

}  // namespace epicenter::mock::data

template <>
struct std::is_error_code_enum<epicenter::mock::data::errc> : std::true_type {};
