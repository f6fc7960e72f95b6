// Why a run could not take place, by the exit code it stands for (scenario format, section 7).
#pragma once

#include <epicenter/base/result.hpp>

namespace epicenter::engine {

enum class errc {
  environment = 8,           ///< a port is taken, a process unreachable, an output not writable
  outside_blast_radius = 6,  ///< the guard refuses the run
  not_supported = 3,         ///< the scenario asks for what this build cannot do
  internal = 70,             ///< a broken invariant of our own
};
std::error_code make_error_code(errc);

/// The exit code of section 7 that an error stands for.
int exit_code_of(const error&);

}  // namespace epicenter::engine

template <>
struct std::is_error_code_enum<epicenter::engine::errc> : std::true_type {};
