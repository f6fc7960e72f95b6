// Calendar time as people and machines read it.
#pragma once

#include <epicenter/base/time.hpp>
#include <string>

namespace epicenter::proxy {

/// RFC 3339 in UTC with microseconds: 2026-11-25T22:01:30.000250Z.
std::string iso_time(wall_time);

}  // namespace epicenter::proxy
