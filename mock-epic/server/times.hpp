// Times as headers and JSON tell them.
#pragma once

#include <epicenter/base/time.hpp>
#include <string>

namespace epicenter::mock::server {

/// IMF-fixdate (RFC 9110, section 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT".
std::string write_http_date(wall_time);
/// "1994-11-06T08:49:37.000Z"
std::string write_timestamp(wall_time);

}  // namespace epicenter::mock::server
