// Patterns with * and ?.
#pragma once

#include <string_view>

namespace epicenter::faults {

/// Matches the whole text. `*` stands for any run of characters but `separator`, `**` for any run at all, `?`
/// for one character but the separator. Separator '\0': there is none. Time is at most pattern times text.
bool glob_matches(std::string_view pattern, std::string_view text, char separator);

}  // namespace epicenter::faults
