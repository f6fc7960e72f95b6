#include "harness/faults/message_layout.hpp"

#include <algorithm>
#include <charconv>
#include <epicenter/base/check.hpp>
#include <epicenter/http/serialise.hpp>

namespace epicenter::faults {
namespace {

using framing = message_layout::framing;
constexpr std::string_view line_end = "\r\n";

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

/// True where one of the fields of that name has the word in its list.
bool lists(const http::headers& fields, std::string_view name, std::string_view word) {
  for (const auto& [field, value] : fields) {
    if (!http::equal_ignoring_case(field, name)) continue;
    for (std::string_view rest = value; !rest.empty();) {
      const auto comma = std::min(rest.find(','), rest.size());
      if (http::equal_ignoring_case(trimmed(rest.substr(0, comma)), word)) return true;
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return false;
}

framing framing_of(const whole_response& w) {
  const bool tunnel = w.to.method == "CONNECT" && w.received.status / 100 == 2;
  if (w.to.method == "HEAD" || tunnel || http::has_no_body(w.received.status)) return framing::none;
  if (lists(w.received.fields, "Transfer-Encoding", "chunked")) return framing::chunked;
  return w.received.fields.contains("Content-Length") ? framing::length : framing::until_close;
}

bool closes(const whole_response& w, framing how) {
  const bool old = w.raw.starts_with("HTTP/1.0") && !lists(w.received.fields, "Connection", "keep-alive");
  return old || how == framing::until_close || lists(w.received.fields, "Connection", "close") ||
         lists(w.to.fields, "Connection", "close");
}

/// The size at the front of a chunk's first line; nothing where there is none.
std::optional<std::size_t> chunk_size(std::string_view line) {
  std::size_t size = 0;
  const auto read = std::from_chars(line.data(), line.data() + line.size(), size, 16);
  if (read.ec != std::errc()) return std::nullopt;
  const std::string_view rest = trimmed(line.substr(static_cast<std::size_t>(read.ptr - line.data())));
  return rest.empty() || rest.front() == ';' ? std::optional(size) : std::nullopt;
}

bool read_chunks(std::string_view raw, message_layout& into) {
  for (std::size_t at = into.head_size;;) {
    const auto end = raw.find(line_end, at);
    if (end == std::string_view::npos) return false;
    const auto size = chunk_size(raw.substr(at, end - at));
    if (!size) return false;
    if (*size == 0) return true;
    const auto data = end + line_end.size();
    if (*size > raw.size() - data || raw.substr(data + *size, line_end.size()) != line_end) return false;
    into.runs.push_back({into.body_size, data, *size});
    into.body_size += *size;
    at = data + *size + line_end.size();
  }
}

}  // namespace

std::size_t message_layout::place_of(std::size_t offset) const {
  EPICENTER_CHECK(offset < body_size, "the body has a byte there");
  const auto behind = std::upper_bound(runs.begin(), runs.end(), offset,
                                       [](std::size_t o, const run& r) { return o < r.offset; });
  const run& in = *std::prev(behind);
  return in.place + (offset - in.offset);
}

std::optional<message_layout> layout_of(const whole_response& w) {
  constexpr std::string_view version = "HTTP/1.x ";
  const bool same_status = w.raw.starts_with("HTTP/1.") && w.raw.size() > version.size() &&
                           w.raw.substr(version.size()).starts_with(std::to_string(w.received.status));
  const auto head_end = w.raw.find("\r\n\r\n");
  if (!same_status || head_end == std::string_view::npos) return std::nullopt;
  message_layout found;
  found.head_size = head_end + 2 * line_end.size();
  found.how = framing_of(w);
  found.closes = closes(w, found.how);
  if (found.how == framing::chunked) {
    if (!read_chunks(w.raw, found)) return std::nullopt;
  } else if (found.how != framing::none && w.raw.size() > found.head_size) {
    found.body_size = w.raw.size() - found.head_size;
    found.runs.push_back({0, found.head_size, found.body_size});
  }
  if (found.body_size != w.received.body.size()) return std::nullopt;
  return found;
}

}  // namespace epicenter::faults
