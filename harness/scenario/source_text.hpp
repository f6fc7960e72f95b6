// A scenario file as text: its lines, and the checks that come before any parsing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/diagnostic.hpp"

namespace epicenter::scenario {

/// A place by line and byte, both from 0, as the parser counts.
struct byte_place {
  int line = 0;
  int byte = 0;
};

class source_text {
 public:
  static constexpr std::size_t max_bytes = 1024 * 1024;
  static constexpr std::size_t max_diagnostics = 100;

  /// A leading byte order mark is dropped. At most max_bytes are kept.
  source_text(std::string file, std::string_view text);

  const std::string& file() const { return file_; }
  const std::string& text() const { return text_; }
  /// Without its line break; empty past the end.
  std::string_view line(int number) const;
  /// The byte at the place, or NUL past the end of its line.
  char byte_at(byte_place) const;
  /// With line from 1 and the column in characters.
  source_mark mark_of(byte_place) const;
  /// A diagnostic with the offending line, cut to a window around the place where the line is long.
  diagnostic at(trouble, const source_mark&, std::string message) const;

  /// Size, NUL, other control characters, UTF-8, tabs, quotes that do not close on their line. Empty: go on
  /// to parse.
  std::vector<diagnostic> precheck() const;

 private:
  std::string file_;
  std::string text_;
  bool too_large_ = false;
  std::vector<std::size_t> starts_;
};

/// True where the quote at the position closes on the same line.
bool quote_closes(std::string_view line, std::size_t opening, std::size_t& closing);

}  // namespace epicenter::scenario
