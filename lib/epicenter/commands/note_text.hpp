// What a note says, as words that can be said.
#pragma once

#include <string>
#include <string_view>

namespace epicenter::commands {

/// More of a note is not read; the words say so at their end.
inline constexpr std::size_t max_note_bytes = 1024 * 1024;

/// The text of an HTML page without its marks, as one line: paragraphs end as sentences, head, style, script
/// and comments are left out, what is struck out is called so. Any bytes are taken: what is no UTF-8 and no
/// character that can be said becomes '?' or a space. Not an HTML parser: it renders nothing and follows
/// nothing.
std::string words_of_html(std::string_view html);
/// The same of plain text, where every line ends as a sentence.
std::string words_of_plain(std::string_view text);

struct reading {
  std::string part;  ///< to be said now
  std::string rest;
};
/// The first sentences of at most so many bytes; of a longer one, as many words as fit. Both together are the
/// text, but for spaces between them.
reading next_part(std::string_view words, std::size_t most = 400);

}  // namespace epicenter::commands
