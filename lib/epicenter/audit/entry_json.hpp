// One audit entry as one line of JSON.
#pragma once

#include <epicenter/audit/entry.hpp>
#include <epicenter/audit/error.hpp>
#include <string_view>

namespace epicenter::audit {

/// Without the newline, and without patient data. Times are nanoseconds of Unix time: exact, and sortable as
/// they stand. Members that say nothing are left out.
std::string to_line(const entry&);
/// Reads what to_line writes. errc::unavailable, without a word of the content.
result<entry> from_line(std::string_view line);

}  // namespace epicenter::audit
