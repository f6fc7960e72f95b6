#include "mock-epic/fhir/versioned_answer.hpp"

#include "mock-epic/fhir/http_date.hpp"

namespace epicenter::mock::fhir {

std::string etag_of(std::uint32_t version) {
  return "W/\"" + std::to_string(version) + '"';
}

std::string name_of(const resource& r) {
  return std::string(name_of(r.type())) + "/" + r.id();
}

std::string versioned_name_of(const resource& r) {
  return name_of(r) + "/_history/" + std::to_string(r.version());
}

void set_version(http::response& to, const resource& r) {
  to.fields.set("ETag", etag_of(r.version()));
  to.fields.set("Last-Modified", format_http_date(r.updated()));
}

bool names_version(std::string_view header, std::uint32_t version) {
  const std::string wanted = std::to_string(version);
  while (!header.empty()) {
    std::string_view one = header.substr(0, header.find(','));
    header.remove_prefix(std::min(header.size(), one.size() + 1));
    const std::size_t first = one.find_first_not_of(" \t");
    if (first == std::string_view::npos) continue;
    one = one.substr(first, one.find_last_not_of(" \t") - first + 1);
    if (one == "*") return true;
    if (one.starts_with("W/")) one.remove_prefix(2);
    // Some clients leave the quotation marks out.
    if (one.size() >= 2 && one.front() == '"' && one.back() == '"') one = one.substr(1, one.size() - 2);
    if (one == wanted) return true;
  }
  return false;
}

bool is_unmodified(const http::request& request, const resource& r) {
  if (const std::string* tags = request.fields.find("If-None-Match"))
    return names_version(*tags, r.version());
  const std::string* since = request.fields.find("If-Modified-Since");
  const auto date = since ? parse_http_date(*since) : std::nullopt;
  return date && std::chrono::floor<std::chrono::seconds>(r.updated()) <= *date;
}

wanted wanted_of(const http::request& request) {
  for (const auto& [name, value] : request.fields) {
    if (!http::equal_ignoring_case(name, "Prefer")) continue;
    if (value.find("return=minimal") != std::string::npos) return wanted::minimal;
    if (value.find("return=representation") != std::string::npos) return wanted::representation;
    if (value.find("return=OperationOutcome") != std::string::npos) return wanted::outcome;
  }
  return wanted::nothing_said;
}

std::optional<answer> refuse_precondition(const http::request& request, const resource* current) {
  const bool exists = current && !current->deleted();
  std::string why;
  if (const std::string* tags = request.fields.find("If-Match");
      tags && !(exists && names_version(*tags, current->version())))
    why = exists ? "The current version is " + std::to_string(current->version()) + "."
                 : "There is no current version.";
  if (const std::string* tags = request.fields.find("If-None-Match");
      tags && exists && names_version(*tags, current->version()))
    why = "The resource exists.";
  if (why.empty()) return std::nullopt;
  answer refused =
      answer_outcome(412, issue{"fatal", "conflict", "59159", std::move(why), ""}, "precondition");
  if (exists) refused.response.fields.set("ETag", etag_of(current->version()));
  return refused;
}

std::optional<answer> refuse_unpermitted(const call& c, type_id type, interaction what,
                                         const json::value* content) {
  if (!c.allowed || c.allowed->permits(type, what, content)) return std::nullopt;
  return answer_insufficient_scope();
}

}  // namespace epicenter::mock::fhir
