#include "mock-epic/fhir/binary.hpp"

#include <algorithm>
#include <array>

#include "mock-epic/fhir/operations/input.hpp"
#include "mock-epic/oauth/base64url.hpp"

namespace epicenter::mock::fhir {
namespace {

/// application/json and application/xml name FHIR formats here, as Epic takes them.
bool names_fhir(std::string_view list) {
  static constexpr auto formats = std::to_array<std::string_view>(
      {"application/fhir+json", "application/json", "application/json+fhir", "application/fhir+xml",
       "application/xml", "application/xml+fhir", "json", "xml"});
  for (const std::string_view one : split_list(list)) {
    const std::string_view type = one.substr(0, one.find_first_of("; "));
    if (std::any_of(formats.begin(), formats.end(),
                    [&](std::string_view known) { return http::equal_ignoring_case(known, type); }))
      return true;
  }
  return false;
}

bool wants_fhir(const http::request& request) {
  if (names_fhir(request.fields.get("Accept"))) return true;
  const auto query = http::decode_form(request.query());
  return query && std::any_of(query->begin(), query->end(), [](const auto& one) {
           // An unescaped '+' has become a space.
           return one.first == "_format" &&
                  (names_fhir(one.second) || one.second.starts_with("application/fhir "));
         });
}

/// base64 with padding, as resources carry it (RFC 4648, section 4); spaces and line ends between are
/// allowed.
std::optional<std::string> decode(std::string_view text) {
  std::string url;
  url.reserve(text.size());
  for (const char c : text) {
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
    url += c == '+' ? '-' : c == '/' ? '_' : c;
  }
  while (url.ends_with('=')) url.pop_back();
  return oauth::decode_base64url(url);
}

/// Safe in a header: what a client filed decides it.
bool is_media_type(std::string_view text) {
  return !text.empty() && text.size() <= 255 && text.find('/') != std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

std::optional<answer> answer_content(const http::request& request, const resource& r) {
  if (r.type() != type_id::binary || r.deleted() || wants_fhir(request)) return std::nullopt;
  const std::string_view type = r.value().string_at("contentType");
  auto content = decode(r.value().string_at("data"));
  if (!content || !is_media_type(type)) return std::nullopt;
  answer made = answer_empty(200, "");
  made.response.fields.set("Content-Type", std::string(type));
  made.response.body = std::move(*content);
  return made;
}

}  // namespace epicenter::mock::fhir
