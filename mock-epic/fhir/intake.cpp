#include "mock-epic/fhir/intake.hpp"

#include <epicenter/json/parse.hpp>

#include "mock-epic/fhir/xml_reader.hpp"

namespace epicenter::mock::fhir {
namespace {

answer refuse_text(std::string_view kind) {
  return refuse(400, "structure", "59105", "The body is not a resource in " + std::string(kind) + ".", "",
                "create_structure");
}

bool is_one_of(std::string_view media, std::initializer_list<std::string_view> types) {
  for (const std::string_view type : types)
    if (http::equal_ignoring_case(media, type)) return true;
  return false;
}

}  // namespace

answer refuse(unsigned status, std::string_view code, std::string_view epic_code, std::string diagnostics,
              std::string location, std::string rule) {
  const issue why{"fatal", code, epic_code, std::move(diagnostics), std::move(location)};
  return answer_outcome(status, why, std::move(rule));
}

answer refuse(unsigned status, std::span<const issue> issues, std::string rule) {
  return answer_fhir(status, write_outcome(issues), std::move(rule));
}

tl::expected<json::value, answer> read_resource(const http::request& request) {
  const std::string_view type = request.fields.get("Content-Type");
  std::string_view media = type.substr(0, type.find(';'));
  while (media.ends_with(' ')) media.remove_suffix(1);
  if (is_one_of(media, {"application/fhir+xml", "application/xml", "text/xml"})) {
    auto read = read_xml(request.body);
    if (!read) return tl::unexpected(refuse_text("XML"));
    return std::move(*read);
  }
  if (!media.empty() && !is_one_of(media, {"application/fhir+json", "application/json", "text/json"}))
    return tl::unexpected(refuse(415, "structure", "59105",
                                 "Content-Type must be application/fhir+json or application/fhir+xml.", "",
                                 "content_type"));
  auto read = json::parse(request.body);
  if (!read || !read->is_object()) return tl::unexpected(refuse_text("JSON"));
  return std::move(*read);
}

}  // namespace epicenter::mock::fhir
