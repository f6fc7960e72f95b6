// UTF-8 (RFC 3629), as far as the parser and the writer need it.
#pragma once

#include <cstddef>
#include <string_view>

namespace epicenter::json {

/// Bytes of the character that begins at the offset, 1 to 4; 0 where none does. The offset is inside the
/// text.
std::size_t utf8_length(std::string_view text, std::size_t offset);

}  // namespace epicenter::json
