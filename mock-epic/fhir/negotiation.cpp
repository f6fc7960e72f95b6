#include "mock-epic/fhir/negotiation.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <epicenter/http/url.hpp>
#include <epicenter/json/parse.hpp>
#include <optional>

#include "mock-epic/fhir/xml.hpp"

namespace epicenter::mock::fhir {
namespace {

struct offered_type {
  std::string_view asked;
  std::string_view answered;
};
constexpr auto offered = std::to_array<offered_type>({
    {"application/fhir+json", "application/fhir+json"},
    {"application/json", "application/json"},
    {"application/fhir+xml", "application/fhir+xml"},
    {"application/xml", "application/xml"},
    {"text/json", "application/json"},
    {"text/xml", "application/xml"},
});

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The part up to the separator, which the text loses.
std::string_view take(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view taken = trim(text.substr(0, at));
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return taken;
}

std::optional<std::string_view> find_type(std::string_view name) {
  for (const offered_type& one : offered)
    if (http::equal_ignoring_case(name, one.asked)) return one.answered;
  return std::nullopt;
}

/// From 0 to 1; what is no number counts as 0.
double quality_of(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view parameter = take(parameters, ';');
    const std::string_view name = take(parameter, '=');
    if (!http::equal_ignoring_case(name, "q")) continue;
    double quality = 0;
    const auto [end, error] = std::from_chars(parameter.data(), parameter.data() + parameter.size(), quality);
    return error == std::errc{} && end == parameter.data() + parameter.size() ? quality : 0;
  }
  return 1;
}

std::string_view accepted(std::string_view accept, std::string_view otherwise) {
  std::string_view best = otherwise;
  double best_quality = 0;
  while (!accept.empty()) {
    std::string_view item = take(accept, ',');
    const std::string_view name = take(item, ';');
    const bool any = name == "*/*" || http::equal_ignoring_case(name, "application/*");
    const auto type = any ? std::optional(otherwise) : find_type(name);
    const double quality = quality_of(item);
    if (!type || quality <= best_quality) continue;
    best = *type;
    best_quality = quality;
  }
  return best;
}

std::optional<std::string_view> type_of_format(std::string value) {
  std::replace(value.begin(), value.end(), ' ', '+');  // "application/fhir+json" that nobody escaped
  const std::string_view plain = trim(std::string_view(value).substr(0, value.find(';')));
  if (http::equal_ignoring_case(plain, "json")) return "application/fhir+json";
  if (http::equal_ignoring_case(plain, "xml")) return "application/fhir+xml";
  return find_type(plain);
}

std::optional<std::string_view> asked_format(std::string_view form) {
  if (form.find("_format") == std::string_view::npos) return std::nullopt;
  const auto parameters = http::decode_form(form);
  if (!parameters) return std::nullopt;
  for (const auto& [name, value] : *parameters)
    if (name == "_format") return type_of_format(value);
  return std::nullopt;
}

std::string_view wanted_type(const http::request& request, bool orders) {
  if (const auto asked = asked_format(request.query())) return *asked;
  if (request.method == "POST" && request.path().ends_with("/_search"))
    if (const auto asked = asked_format(request.body)) return *asked;
  return accepted(request.fields.get("Accept"), orders ? "application/fhir+json" : "application/xml");
}

}  // namespace

void negotiate(const http::request& request, http::response& response, bool orders) {
  if (response.body.empty() || response.fields.contains("Content-Type")) return;
  const std::string_view type = wanted_type(request, orders);
  if (type.ends_with("xml")) {
    const auto parsed = json::parse(response.body);
    if (parsed) response.body = write_xml(*parsed);
  }
  response.fields.set("Content-Type", std::string(type) + "; charset=utf-8");
}

}  // namespace epicenter::mock::fhir
