#include <epicenter/fhir/body_form.hpp>
#include <epicenter/http/message.hpp>
#include <epicenter/json/parse.hpp>

namespace epicenter::fhir {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(" \t\r\n") - start + 1);
}

}  // namespace

std::string_view to_string(body_form form) {
  switch (form) {
    case body_form::empty:
      return "empty";
    case body_form::json:
      return "JSON";
    case body_form::truncated_json:
      return "truncated JSON";
    case body_form::invalid_utf8:
      return "JSON that is not UTF-8";
    case body_form::oversized_json:
      return "JSON beyond the limits";
    case body_form::malformed_json:
      return "malformed JSON";
    case body_form::html:
      return "HTML";
    case body_form::xml:
      return "XML";
    case body_form::text:
      return "text";
  }
  return "unknown";
}

body_form form_of_start(std::string_view start, std::string_view content_type) {
  const std::string_view text = trimmed(start);
  if (text.empty() || text == "\"\"") return body_form::empty;
  if (!text.starts_with('<')) return body_form::json;
  const bool page = content_type == "text/html" || http::equal_ignoring_case(text.substr(0, 5), "<html") ||
                    http::equal_ignoring_case(text.substr(0, 14), "<!doctype html");
  return page ? body_form::html : body_form::xml;
}

body_form form_of_unparsed(std::string_view start, std::string_view content_type, const error& why) {
  const body_form seen = form_of_start(start, content_type);
  if (seen != body_form::json) return seen;
  const bool promised =
      content_type.empty() || content_type.ends_with("json") || trimmed(start).starts_with('{');
  if (!promised) return body_form::text;
  if (why == make_error_code(json::errc::incomplete)) return body_form::truncated_json;
  if (why == make_error_code(json::errc::bad_encoding)) return body_form::invalid_utf8;
  const bool large =
      why == make_error_code(json::errc::too_large) || why == make_error_code(json::errc::too_deep);
  return large ? body_form::oversized_json : body_form::malformed_json;
}

}  // namespace epicenter::fhir
