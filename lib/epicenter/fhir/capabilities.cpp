#include <epicenter/fhir/capabilities.hpp>

namespace epicenter::fhir {
namespace {

const json::array& array_at(const json::value& from, std::string_view path) {
  static const json::array none;
  const json::value* const found = from.at_path(path);
  const json::array* const list = found == nullptr ? nullptr : found->if_array();
  return list == nullptr ? none : *list;
}

bool flag_at(const json::value& from, std::string_view name) {
  const json::value* const found = from.find(name);
  const bool* const flag = found == nullptr ? nullptr : found->if_bool();
  return flag != nullptr && *flag;
}

type_capabilities read_type(const json::value& from) {
  type_capabilities made;
  for (const auto& one : array_at(from, "interaction")) made.interactions.emplace(one.string_at("code"));
  for (const auto& one : array_at(from, "searchParam")) made.search_parameters.emplace(one.string_at("name"));
  made.conditional_create = flag_at(from, "conditionalCreate");
  made.update_create = flag_at(from, "updateCreate");
  made.versioned = from.string_at("versioning").starts_with("versioned");
  return made;
}

}  // namespace

const type_capabilities* capabilities::find(std::string_view type) const {
  const auto found = types.find(type);
  return found == types.end() ? nullptr : &found->second;
}

bool capabilities::can(std::string_view type, std::string_view interaction) const {
  const type_capabilities* const found = find(type);
  return found != nullptr && found->can(interaction);
}

std::optional<capabilities> parse_capabilities(const json::value& from) {
  if (type_of(from) != "CapabilityStatement") return std::nullopt;
  capabilities made;
  made.fhir_version = from.string_at("fhirVersion");
  for (const auto& rest : array_at(from, "rest")) {
    if (rest.string_at("mode") != "server") continue;
    for (const auto& one : array_at(rest, "resource"))
      if (is_resource_type(one.string_at("type"))) made.types.emplace(one.string_at("type"), read_type(one));
    break;
  }
  return made;
}

}  // namespace epicenter::fhir
