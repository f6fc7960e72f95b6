#include <algorithm>
#include <epicenter/fhir/reference.hpp>

namespace epicenter::fhir {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_id_character(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

// Cuts the last segment off a path; the whole of it where there is no slash.
std::string_view take_last(std::string_view& path) {
  const auto slash = path.rfind('/');
  const std::string_view last = slash == std::string_view::npos ? path : path.substr(slash + 1);
  path = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
  return last;
}

}  // namespace

bool is_resource_type(std::string_view text) {
  return !text.empty() && text.size() <= 64 && text.front() >= 'A' && text.front() <= 'Z' &&
         std::all_of(text.begin(), text.end(), is_letter);
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 256 && text != "." && text != ".." &&
         std::all_of(text.begin(), text.end(), is_id_character);
}

std::optional<reference> parse_reference(std::string_view text) {
  std::string_view path = text.substr(0, text.find_first_of("?#"));
  std::string_view last = take_last(path);
  std::string_view version;
  if (std::string_view before = path; take_last(before) == "_history") {
    version = last;
    path = before;
    last = take_last(path);
    if (!is_id(version)) return std::nullopt;
  }
  const std::string_view type = take_last(path);
  if (!is_resource_type(type) || !is_id(last)) return std::nullopt;
  return reference{std::string(type), std::string(last), std::string(version)};
}

std::string_view type_of(const json::value& resource) {
  return resource.string_at("resourceType");
}
std::string_view id_of(const json::value& resource) {
  return resource.string_at("id");
}

std::optional<reference> reference_at(const json::value& resource, std::string_view path) {
  const json::value* const found = resource.at_path(path);
  return found == nullptr ? std::nullopt : parse_reference(found->string_at("reference"));
}

json::value make_reference(const reference& to) {
  return json::object{{"reference", to.to_string()}};
}

bool has_coding(const json::value& resource, std::string_view path, std::string_view system,
                std::string_view code) {
  const json::value* const concept_at = resource.at_path(path);
  const json::value* const codings = concept_at == nullptr ? nullptr : concept_at->find("coding");
  const json::array* const list = codings == nullptr ? nullptr : codings->if_array();
  return list != nullptr && std::any_of(list->begin(), list->end(), [&](const json::value& coding) {
           return coding.string_at("system") == system && coding.string_at("code") == code;
         });
}

std::string_view identifier_of(const json::value& resource, std::string_view system) {
  const json::value* const found = resource.find("identifier");
  const json::array* const list = found == nullptr ? nullptr : found->if_array();
  if (list == nullptr) return {};
  for (const json::value& identifier : *list)
    if (identifier.string_at("system") == system) return identifier.string_at("value");
  return {};
}

}  // namespace epicenter::fhir
