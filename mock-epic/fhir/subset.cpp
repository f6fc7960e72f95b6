#include "mock-epic/fhir/subset.hpp"

#include <algorithm>
#include <epicenter/json/write.hpp>

namespace epicenter::mock::fhir {
namespace {

/// Whether the key is the element, or a choice of it ("valueQuantity" of "value[x]").
bool is_element(std::string_view key, std::string_view element) {
  if (!element.ends_with("[x]")) return key == element;
  element.remove_suffix(3);
  return key.starts_with(element) && key.size() > element.size() && key[element.size()] >= 'A' &&
         key[element.size()] <= 'Z';
}

bool is_listed(std::string_view key, std::string_view names) {
  while (!names.empty()) {
    const std::size_t comma = names.find(',');
    if (is_element(key, names.substr(0, comma))) return true;
    names.remove_prefix(comma == std::string_view::npos ? names.size() : comma + 1);
  }
  return false;
}

bool is_asked(type_id type, std::string_view key, const subset& wanted) {
  if (wanted.elements.empty()) return false;
  return std::any_of(wanted.elements.begin(), wanted.elements.end(), [&](std::string_view element) {
    const std::size_t dot = element.find('.');
    if (dot != std::string_view::npos) {
      if (element.substr(0, dot) != name_of(type)) return false;
      element.remove_prefix(dot + 1);
    }
    return is_element(key, element) || is_element(key, std::string(element) + "[x]");
  });
}

bool is_kept(type_id type, std::string_view key, const subset& wanted) {
  if (key.starts_with('_')) key.remove_prefix(1);  // a primitive's extensions go with it
  if (key == "resourceType" || key == "id" || key == "implicitRules") return true;
  const element_names& known = elements_of(type);
  if (!wanted.elements.empty()) return is_asked(type, key, wanted) || is_listed(key, known.mandatory);
  switch (wanted.how) {
    case summary::yes:
      return is_listed(key, known.summary) || is_listed(key, known.mandatory);
    case summary::text:
      return key == "text" || is_listed(key, known.mandatory);
    case summary::data:
      return key != "text";
    case summary::none:
    case summary::count:
      break;
  }
  return true;
}

json::value subsetted(const json::value* meta) {
  json::object made;
  if (meta && meta->if_object()) made = *meta->if_object();
  json::array tags;
  if (const json::value* held = made.find("tag"); held && held->if_array()) tags = *held->if_array();
  tags.emplace_back(json::object{{"system", "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"},
                                 {"code", "SUBSETTED"},
                                 {"display", "Resource encoded in summary mode"}});
  made.set("tag", std::move(tags));
  return made;
}

}  // namespace

std::string write_subset(type_id type, const json::value& resource, const subset& wanted) {
  json::object made;
  for (const auto& [key, value] : *resource.if_object()) {
    if (key == "meta" || !is_kept(type, key, wanted)) continue;
    made.set(key, value);
    if (key == "id") made.set("meta", subsetted(resource.find("meta")));
  }
  return json::write(json::value(std::move(made)));
}

}  // namespace epicenter::mock::fhir
