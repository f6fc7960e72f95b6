// One audit entry as one line of JSON.
#pragma once

#include <epicenter/audit/log.hpp>

namespace epicenter::audit {

/// Without the newline. Times are nanoseconds of Unix time: exact, and sortable as they stand.
std::string to_line(const entry&);
/// Reads what to_line writes. errc::unavailable, without a word of the content.
result<entry> from_line(std::string_view line);

}  // namespace epicenter::audit
