// Dates as HTTP writes them.
#pragma once

#include <epicenter/base/time.hpp>
#include <string>

namespace epicenter::faults {

/// IMF-fixdate of RFC 9110, section 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT". Fractions of a second are cut
/// off.
std::string http_date(wall_time);

}  // namespace epicenter::faults
