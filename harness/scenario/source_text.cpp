#include "harness/scenario/source_text.hpp"

#include <algorithm>

namespace epicenter::scenario {
namespace {

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// Length of the well-formed UTF-8 sequence at the front, 0 where there is none (RFC 3629, table of section
/// 4).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<unsigned char>(i < text.size() ? text[i] : '\0');
  };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool overlong = lead == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = lead == 0xED && byte(1) > 0x9F;
    return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool overlong = lead == 0xF0 && byte(1) < 0x90;
    const bool beyond = lead == 0xF4 && byte(1) > 0x8F;
    return tail(1) && tail(2) && tail(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

std::string_view trouble_of_control(char c) {
  switch (c) {
    case '\0':
      return "a NUL byte; a scenario is plain text";
    case '\t':
      return "a tab; indent and align with spaces";
    case '\r':
      return "a carriage return inside a line; end lines with LF or CRLF";
    default:
      return "a control character; a scenario is plain text";
  }
}

/// Finds quotes that open a scalar and do not close on their line. It tracks only what is needed to tell a
/// quote that opens a scalar from one inside a plain scalar (it's): where a token may start, and whether
/// commas separate.
class quote_scan {
 public:
  /// Byte of the first unclosed quote of the line, or npos.
  std::size_t unclosed_in(std::string_view line) {
    bool fresh = true;  // a token may start here
    for (std::size_t i = 0; i < line.size(); ++i) {
      const char c = line[i];
      const bool spaced = i + 1 >= line.size() || line[i + 1] == ' ';
      if (c == ' ') continue;
      if (c == '#' && (i == 0 || line[i - 1] == ' ')) return std::string_view::npos;
      if (fresh && (c == '"' || c == '\'')) {
        std::size_t closing = 0;
        if (!quote_closes(line, i, closing)) return i;
        i = closing;
        fresh = false;
      } else if ((c == '[' || c == '{') && (fresh || depth_ > 0)) {
        ++depth_;
        fresh = true;
      } else if ((c == ']' || c == '}') && depth_ > 0) {
        --depth_;
        fresh = false;
      } else if (c == ',' && depth_ > 0) {
        fresh = true;
      } else if (c == ':' && (spaced || depth_ > 0)) {
        fresh = true;
      } else {
        fresh = fresh && spaced && (c == '-' || c == '?');
      }
    }
    return std::string_view::npos;
  }

 private:
  int depth_ = 0;
};

}  // namespace

bool quote_closes(std::string_view line, std::size_t opening, std::size_t& closing) {
  const char quote = line[opening];
  for (std::size_t i = opening + 1; i < line.size(); ++i) {
    if (quote == '"' && line[i] == '\\') {
      ++i;
    } else if (line[i] == quote) {
      if (quote == '\'' && i + 1 < line.size() && line[i + 1] == '\'') {
        ++i;
        continue;
      }
      closing = i;
      return true;
    }
  }
  return false;
}

source_text::source_text(std::string file, std::string_view text) : file_(std::move(file)) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  too_large_ = text.size() > max_bytes;
  text_ = text.substr(0, max_bytes);
  starts_.push_back(0);
  for (std::size_t i = 0; i < text_.size(); ++i)
    if (text_[i] == '\n') starts_.push_back(i + 1);
}

std::string_view source_text::line(int number) const {
  if (number < 0 || static_cast<std::size_t>(number) >= starts_.size()) return {};
  const std::size_t from = starts_[static_cast<std::size_t>(number)];
  std::size_t to = text_.find('\n', from);
  if (to == std::string::npos) to = text_.size();
  if (to > from && text_[to - 1] == '\r') --to;
  return std::string_view(text_).substr(from, to - from);
}

char source_text::byte_at(byte_place place) const {
  const std::string_view text = line(place.line);
  if (place.byte < 0 || static_cast<std::size_t>(place.byte) >= text.size()) return '\0';
  return text[static_cast<std::size_t>(place.byte)];
}

source_mark source_text::mark_of(byte_place place) const {
  const std::string_view before =
      line(place.line).substr(0, static_cast<std::size_t>(std::max(0, place.byte)));
  const auto characters =
      std::count_if(before.begin(), before.end(), [](char c) { return !is_continuation(c); });
  return {file_, std::max(0, place.line) + 1, static_cast<int>(characters) + 1};
}

diagnostic source_text::at(trouble kind, const source_mark& mark, std::string message) const {
  constexpr int before = 80;  // a long line is shown as a window, so that 100 errors stay readable
  constexpr std::size_t window = 160;
  diagnostic found{kind, mark, std::move(message), {}, 0};
  const std::string_view whole = line(mark.line - 1);
  const int skip = whole.size() <= window ? 0 : std::max(0, mark.column - 1 - before);
  int character = -1;
  std::size_t shown = 0;
  for (const char c : whole) {
    if (!is_continuation(c)) ++character;
    if (character < skip) continue;
    if (!is_continuation(c) && ++shown > window) break;
    const bool control = static_cast<unsigned char>(c) < 0x20U || c == '\x7F';
    found.line_text += control ? ' ' : c;
  }
  found.caret = mark.column - 1 - skip;
  return found;
}

std::vector<diagnostic> source_text::precheck() const {
  std::vector<diagnostic> found;
  if (too_large_) {
    found.push_back({trouble::invalid,
                     {file_, 1, 1},
                     "the file is larger than 1 MiB; split it into several scenarios",
                     {},
                     0});
    return found;
  }
  quote_scan quotes;
  for (int number = 0; static_cast<std::size_t>(number) < starts_.size(); ++number) {
    const std::string_view text = line(number);
    bool sound = true;
    for (std::size_t i = 0; i < text.size() && sound;) {
      const std::size_t length = utf8_length(text.substr(i));
      const bool control = static_cast<unsigned char>(text[i]) < 0x20U || text[i] == '\x7F';
      sound = length > 0 && !control;
      if (!sound) {
        const byte_place place{number, static_cast<int>(i)};
        found.push_back(at(trouble::invalid, mark_of(place),
                           length == 0 ? "the byte here is not UTF-8; save the file as UTF-8"
                                       : std::string(trouble_of_control(text[i]))));
      }
      i += std::max<std::size_t>(1, length);
    }
    const std::size_t quote = quotes.unclosed_in(text);
    if (quote != std::string_view::npos) {
      const byte_place place{number, static_cast<int>(quote)};
      found.push_back(at(trouble::invalid, mark_of(place),
                         "the quote opened here is not closed on its line; close it, or remove it"));
    }
    if (found.size() >= max_diagnostics) break;
  }
  return found;
}

}  // namespace epicenter::scenario
