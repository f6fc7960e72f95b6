#include <epicenter/http/serialise.hpp>

#include <algorithm>

namespace epicenter::http {
namespace {

constexpr std::string_view user_agent = "epicenter";

bool is_target(std::string_view s) {
  return !s.empty() && std::none_of(s.begin(), s.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
  });
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

// Whether the field is the caller's to set; Content-Length is ours, and so is the framing as a whole.
result<bool> check_field(const headers::field& f) {
  if (!is_token(f.first)) return fail(errc::malformed, "a field name is no token");
  if (!is_field_value(f.second))
    return fail(errc::malformed, "the value of " + f.first + " has control characters");
  if (equal_ignoring_case(f.first, "Transfer-Encoding"))
    return fail(errc::malformed, "messages are sent with their length, not with a Transfer-Encoding");
  return !equal_ignoring_case(f.first, "Content-Length");
}

// Bytes of a request's head, more or less: names of fields that are added are short.
std::size_t expected_head(const request& r) {
  constexpr std::size_t of_added_fields = 128;
  std::size_t bytes = r.method.size() + r.target.size() + of_added_fields;
  for (const auto& [name, value] : r.fields) bytes += name.size() + value.size() + 4;
  return bytes;
}

bool expects_body(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

}  // namespace

bool is_token(std::string_view s) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !s.empty() && std::all_of(s.begin(), s.end(), [marks](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view s) {
  return std::none_of(s.begin(), s.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

bool has_no_body(unsigned status) {
  return status / 100 == 1 || status == 204 || status == 304;
}

result<> append_head(std::string& out, const request& r, std::string_view authority) {
  if (!is_token(r.method)) return fail(errc::malformed, "the method is no token");
  if (!is_target(r.target)) return fail(errc::malformed, "the target has spaces or control characters");
  out.reserve(out.size() + expected_head(r));
  out.append(r.method).append(" ").append(r.target).append(" HTTP/1.1\r\n");
  bool has_host = false;
  bool has_agent = false;
  for (const headers::field& f : r.fields) {
    const auto keep = check_field(f);
    if (!keep) return fail(keep.error());
    if (!*keep) continue;
    has_host = has_host || equal_ignoring_case(f.first, "Host");
    has_agent = has_agent || equal_ignoring_case(f.first, "User-Agent");
    append_field(out, f.first, f.second);
  }
  if (!has_host) append_field(out, "Host", authority);
  if (!has_agent) append_field(out, "User-Agent", user_agent);
  if (!r.body.empty() || expects_body(r.method))
    append_field(out, "Content-Length", std::to_string(r.body.size()));
  out.append("\r\n");
  return {};
}

result<> append_head(std::string& out, const response& r, const response_context& context) {
  if (r.status < 100 || r.status > 999) return fail(errc::malformed, "the status is not of three digits");
  const std::string_view reason = r.reason.empty() ? reason_phrase(r.status) : std::string_view(r.reason);
  if (!is_field_value(reason)) return fail(errc::malformed, "the reason phrase has control characters");
  out.append("HTTP/1.1 ").append(std::to_string(r.status)).append(" ").append(reason).append("\r\n");
  const bool by_length = context.framing == body_framing::length;
  bool has_date = false;
  bool has_close = false;
  for (const headers::field& f : r.fields) {
    const auto keep = check_field(f);
    if (!keep) return fail(keep.error());
    const bool length_of_unsent = by_length && r.body.empty() && (context.to_head || r.status == 304);
    if (!*keep && !length_of_unsent) continue;
    has_date = has_date || equal_ignoring_case(f.first, "Date");
    has_close =
        has_close || (equal_ignoring_case(f.first, "Connection") && equal_ignoring_case(f.second, "close"));
    append_field(out, f.first, f.second);
  }
  if (!has_date && !context.date.empty()) append_field(out, "Date", context.date);
  if (context.closes && !has_close) append_field(out, "Connection", "close");
  const bool given = context.to_head && r.body.empty() && r.fields.contains("Content-Length");
  if (!has_no_body(r.status)) {
    if (by_length && !given) append_field(out, "Content-Length", std::to_string(r.body.size()));
    if (context.framing == body_framing::chunked) append_field(out, "Transfer-Encoding", "chunked");
  }
  out.append("\r\n");
  return {};
}

}  // namespace epicenter::http
