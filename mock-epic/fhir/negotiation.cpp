#include "mock-epic/fhir/negotiation.hpp"

#include <array>
#include <epicenter/json/parse.hpp>

#include "mock-epic/fhir/xml.hpp"

namespace epicenter::mock::fhir {
namespace {

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The first type of the list that the server has; q values are not weighed.
std::string_view wanted_type(std::string_view accept) {
  static constexpr auto offered = std::to_array<std::string_view>(
      {"application/fhir+json", "application/json", "application/fhir+xml", "application/xml"});
  while (!accept.empty()) {
    const std::size_t comma = accept.find(',');
    const std::string_view item = accept.substr(0, comma);
    accept.remove_prefix(comma == std::string_view::npos ? accept.size() : comma + 1);
    const std::string_view type = trim(item.substr(0, item.find(';')));
    for (const std::string_view one : offered)
      if (http::equal_ignoring_case(type, one)) return one;
  }
  return "application/xml";
}

}  // namespace

void negotiate(const http::request& request, http::response& response) {
  if (response.body.empty() || response.fields.contains("Content-Type")) return;
  const std::string_view type = wanted_type(request.fields.get("Accept"));
  if (type.ends_with("xml")) {
    const auto parsed = json::parse(response.body);
    if (parsed) response.body = write_xml(*parsed);
  }
  response.fields.set("Content-Type", std::string(type) + "; charset=utf-8");
}

}  // namespace epicenter::mock::fhir
