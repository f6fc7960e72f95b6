// Times as JSON tells them.
#pragma once

#include <epicenter/base/time.hpp>
#include <string>

namespace epicenter::mock::server {

/// "1994-11-06T08:49:37.000Z"
std::string write_timestamp(wall_time);

}  // namespace epicenter::mock::server
