#include "mock-epic/journal/redaction.hpp"

#include <algorithm>
#include <array>
#include <epicenter/http/url.hpp>

namespace epicenter::mock {
namespace {

constexpr std::array<std::string_view, 11> secret_names{
    "token",     "access_token", "refresh_token", "id_token", "client_secret", "client_assertion",
    "assertion", "code",         "code_verifier", "password", "subject_token"};

bool is_secret(std::string_view name) {
  const auto plain = http::percent_decode(name, true);
  const std::string_view known = plain ? std::string_view(*plain) : name;
  return std::find(secret_names.begin(), secret_names.end(), known) != secret_names.end();
}

bool is_secret_field(std::string_view name) {
  static constexpr std::array<std::string_view, 8> names{
      "Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie",
      "X-Api-Key",     "X-Auth-Token",        "DPoP",   "Epic-Client-Secret"};
  return std::any_of(names.begin(), names.end(), [name](std::string_view one) {
    return one.size() == name.size() && http::equal_ignoring_case(one, name);
  });
}

/// "Bearer [redacted]"; a value without a scheme is all secret.
std::string redacted_value(std::string_view value) {
  const std::size_t space = value.find(' ');
  const bool scheme = space != std::string_view::npos && space < 16 && value.find('=') > space;
  return (scheme ? std::string(value.substr(0, space + 1)) : std::string()).append(redacted);
}

}  // namespace

std::string redacted_fields(const http::headers& fields) {
  std::size_t size = 0;
  for (const auto& [name, value] : fields) size += name.size() + value.size() + 3;
  std::string out;
  out.reserve(size);
  for (const auto& [name, value] : fields) {
    out.append(name).append(": ");
    if (is_secret_field(name))
      out.append(redacted_value(value));
    else if (http::equal_ignoring_case(name, "Location"))
      out.append(redacted_target(value));
    else
      out.append(value);
    out += '\n';
  }
  return out;
}

std::string redacted_form(std::string_view form) {
  std::string out;
  out.reserve(form.size());
  while (!form.empty()) {
    const std::size_t end = std::min(form.find('&'), form.size());
    const std::string_view pair = form.substr(0, end);
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && is_secret(pair.substr(0, equals)))
      out.append(pair.substr(0, equals + 1)).append(redacted);
    else
      out.append(pair);
    if (end < form.size()) out += '&';
    form.remove_prefix(std::min(end + 1, form.size()));
  }
  return out;
}

std::string redacted_target(std::string_view target) {
  const std::size_t mark = target.find('?');
  if (mark == std::string_view::npos) return std::string(target);
  return std::string(target.substr(0, mark + 1)) + redacted_form(target.substr(mark + 1));
}

std::string redacted_json(std::string_view body) {
  std::string out;
  std::size_t at = 0;
  // From quoted name to quoted name; a value that is cut off is secret to its end.
  for (std::size_t open = body.find('"'); open != std::string_view::npos;) {
    const std::size_t close = body.find('"', open + 1);
    if (close == std::string_view::npos) break;
    const std::string_view name = body.substr(open + 1, close - open - 1);
    const std::size_t colon = std::min(body.find_first_not_of(" \t\r\n", close + 1), body.size());
    const std::size_t value = colon < body.size() ? body.find_first_not_of(" \t\r\n", colon + 1) : colon;
    const bool text = colon < body.size() && body[colon] == ':' && value < body.size() && body[value] == '"';
    if (!text || std::find(secret_names.begin(), secret_names.end(), name) == secret_names.end()) {
      open = body.find('"', close + 1);
      continue;
    }
    std::size_t end = value + 1;
    while (end < body.size() && body[end] != '"') end += body[end] == '\\' ? 2U : 1U;
    end = std::min(end, body.size());
    out.append(body.substr(at, value + 1 - at)).append(redacted);
    at = end;
    open = end < body.size() ? body.find('"', end + 1) : std::string_view::npos;
  }
  return out.append(body.substr(at));
}

std::string kept_body(std::string_view body, std::string_view media_type, std::size_t most) {
  if (body.empty()) return {};
  std::string type(media_type.substr(0, media_type.find(';')));
  for (char& c : type)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  const std::string_view head = body.substr(0, most);
  // What is cut off in the middle of a secret is still seen to be one: both take its end for that of the
  // text.
  if (type.starts_with("application/x-www-form-urlencoded")) return redacted_form(head);
  if (type.ends_with("json") && !type.ends_with("fhir+json")) return redacted_json(head);
  // Of no type, or called plain text: it may be anything.
  if (type.empty() || type.starts_with("text/")) {
    const std::size_t first = head.find_first_not_of(" \t\r\n");
    const bool json = first != std::string_view::npos && (head[first] == '{' || head[first] == '[');
    return json ? redacted_json(head) : redacted_form(head);
  }
  return std::string(head);
}

}  // namespace epicenter::mock
