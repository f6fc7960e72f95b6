#include "harness/faults/new_body.hpp"

#include <algorithm>

namespace epicenter::faults {
namespace {

constexpr std::string_view line_end = "\r\n";

bool tells_framing(std::string_view name) {
  return http::equal_ignoring_case(name, "Content-Length") ||
         http::equal_ignoring_case(name, "Transfer-Encoding") || http::equal_ignoring_case(name, "Trailer");
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append(line_end);
}

}  // namespace

std::string with_new_body(std::string_view head, const http::headers& changed, std::string_view body) {
  std::string out;
  out.reserve(head.size() + body.size() + 128);
  bool status_line = true;
  bool kept = true;
  while (!head.empty()) {
    const auto end = std::min(head.find(line_end), head.size());
    const auto line = head.substr(0, end);
    head.remove_prefix(std::min(end + line_end.size(), head.size()));
    if (line.empty()) break;
    // A line that begins with a blank carries on the field before it.
    if (!status_line && line.front() != ' ' && line.front() != '\t') {
      const auto name = line.substr(0, line.find(':'));
      kept = !tells_framing(name) && !changed.contains(name);
    }
    if (kept) out.append(line).append(line_end);
    status_line = false;
  }
  for (const auto& [name, value] : changed) {
    if (!value.empty()) append_field(out, name, value);
  }
  append_field(out, "Content-Length", std::to_string(body.size()));
  return out.append(line_end).append(body);
}

}  // namespace epicenter::faults
