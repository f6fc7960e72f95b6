#include "mock-epic/fhir/operations/input.hpp"

#include <epicenter/json/parse.hpp>

namespace epicenter::mock::fhir {
namespace {

answer unreadable(std::string diagnostics) {
  return refuse_operation(400, "structure", "59105", std::move(diagnostics), "operation_input");
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Nothing where the value is of a kind that has no text.
std::optional<std::string> text_of(const json::value& value) {
  if (const auto text = value.if_string()) return *text;
  if (const bool* flag = value.if_bool()) return *flag ? "true" : "false";
  if (const auto number = value.if_number()) return number->text;
  if (const std::string_view target = value.string_at("reference"); !target.empty())
    return std::string(target);
  return std::nullopt;
}

/// False where it is no parameter that the specification knows.
bool add_parameter(const json::value& given, http::parameters& to) {
  const json::object* members = given.if_object();
  const std::string_view name = given.string_at("name");
  if (!members || name.empty()) return false;
  for (const auto& [key, value] : *members) {
    if (!key.starts_with("value")) continue;
    auto text = text_of(value);
    if (!text) return false;
    to.emplace_back(std::string(name), std::move(*text));
    return true;
  }
  return given.find("resource") || given.find("part");
}

std::optional<answer> read_parameters_resource(const std::string& text, operation_input& into) {
  auto parsed = json::parse(text);
  if (!parsed) return unreadable("The body is no JSON.");
  if (parsed->string_at("resourceType") != "Parameters")
    return unreadable("The body of an operation is a Parameters resource.");
  into.body = std::move(*parsed);
  const json::value* list = into.body.find("parameter");
  if (!list) return std::nullopt;
  if (!list->if_array()) return unreadable("Parameters.parameter is a list.");
  for (const json::value& one : *list->if_array())
    if (!add_parameter(one, into.texts))
      return unreadable("A parameter has a name and a value, a resource or parts.");
  return std::nullopt;
}

std::optional<answer> read_body(const http::request& request, operation_input& into) {
  const std::string_view type = request.fields.get("Content-Type");
  const std::string_view media = trim(type.substr(0, type.find(';')));
  if (http::equal_ignoring_case(media, "application/x-www-form-urlencoded")) {
    auto form = http::decode_form(request.body);
    if (!form) return unreadable("The form cannot be decoded.");
    for (auto& one : *form) into.texts.push_back(std::move(one));
    return std::nullopt;
  }
  if (media.empty() || http::equal_ignoring_case(media, "application/fhir+json") ||
      http::equal_ignoring_case(media, "application/json"))
    return read_parameters_resource(request.body, into);
  return refuse_operation(415, "structure", "59105", "Content-Type must be application/fhir+json.",
                          "content_type");
}

}  // namespace

answer refuse_operation(unsigned status, std::string_view issue_code, std::string_view epic_code,
                        std::string diagnostics, std::string rule) {
  const issue why{"fatal", issue_code, epic_code, std::move(diagnostics), ""};
  return answer_outcome(status, why, std::move(rule));
}

or_refusal<operation_input> read_input(const call& c) {
  operation_input made;
  auto query = http::decode_form(c.request.query());
  if (!query) return tl::unexpected(unreadable("The query cannot be decoded."));
  made.texts = std::move(*query);
  if (c.request.method == "POST" && !c.request.body.empty())
    if (auto refused = read_body(c.request, made)) return tl::unexpected(std::move(*refused));
  std::erase_if(made.texts, [](const auto& one) { return one.first == "_format" || one.first == "_pretty"; });
  return made;
}

bool prefers(const http::request& request, std::string_view preference) {
  for (const auto& [name, value] : request.fields) {
    if (!http::equal_ignoring_case(name, "Prefer")) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t end = rest.find_first_of(",;");
      if (http::equal_ignoring_case(trim(rest.substr(0, end)), preference)) return true;
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
  }
  return false;
}

std::vector<std::string_view> split_list(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    if (const std::string_view part = trim(text.substr(0, comma)); !part.empty()) parts.push_back(part);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return parts;
}

}  // namespace epicenter::mock::fhir
