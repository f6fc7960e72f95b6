#include "mock-epic/fhir/references.hpp"

#include "mock-epic/fhir/validator.hpp"
#include "mock-epic/fhir/walk.hpp"

namespace epicenter::mock::fhir {
namespace {

bool is_directory(type_id type) {
  return type == type_id::practitioner || type == type_id::practitioner_role ||
         type == type_id::organization || type == type_id::device;
}

/// Calls visit(reference, where) for each Reference of the resource.
template <class Visit>
void each_reference(const json::value& v, const std::string& at, const Visit& visit) {
  if (const json::array* list = v.if_array()) {
    for (std::size_t i = 0; i < list->size(); ++i)
      each_reference((*list)[i], at + "[" + std::to_string(i) + "]", visit);
    return;
  }
  const json::object* object = v.if_object();
  if (!object) return;
  const json::value* reference = object->find("reference");
  // Expression.reference is a URI of something else.
  if (reference && reference->is_string() && !object->contains("language"))
    visit(*reference->if_string(), at);
  for (const auto& [key, member] : *object) {
    const std::string name(key);
    each_reference(member, at.empty() ? name : at + "." + name, visit);
  }
}

bool is_contained(const json::value& resource, std::string_view id) {
  return walk(resource, "contained", [&](const json::value& one) { return one.string_at("id") == id; });
}

}  // namespace

std::string local_reference(std::string_view reference, std::string_view base) {
  if (reference.starts_with(base) && reference.size() > base.size() && reference[base.size()] == '/')
    reference.remove_prefix(base.size() + 1);
  if (const std::size_t version = reference.find("/_history/"); version != std::string_view::npos)
    reference = reference.substr(0, version);
  const std::size_t slash = reference.find('/');
  if (slash == std::string_view::npos || reference.find('/', slash + 1) != std::string_view::npos) return {};
  if (reference.find('?') != std::string_view::npos || !type_named(reference.substr(0, slash))) return {};
  return std::string(reference);
}

std::vector<issue> find_broken_references(const json::value& resource, store& in, std::string_view base,
                                          const std::set<std::string>& coming, bool as_epic) {
  std::vector<issue> found;
  const auto tell = [&](std::string what, const std::string& at) {
    if (found.size() < max_findings) found.push_back({"fatal", "not-found", "59144", std::move(what), at});
  };
  each_reference(resource, "", [&](const std::string& reference, const std::string& at) {
    if (reference.starts_with('#')) {
      const bool known =
          reference.size() == 1 || is_contained(resource, std::string_view(reference).substr(1));
      if (!known) tell("No contained resource of that id", at);
      return;
    }
    const std::string name = local_reference(reference, base);
    // A URL elsewhere, or a logical URN, is nobody's business here; a relative one that leads nowhere is
    // broken, as is a placeholder that no entry of a transaction stood for.
    const bool elsewhere = reference.find(':') != std::string::npos && !reference.starts_with("urn:uuid:");
    if (name.empty() && !elsewhere && !as_epic) tell("Invalid reference received", at);
    if (name.empty() || coming.contains(name)) return;
    const std::size_t slash = name.find('/');
    const type_id type = *type_named(std::string_view(name).substr(0, slash));
    if (is_directory(type)) return;
    const resource_ptr to = in.find(type, std::string_view(name).substr(slash + 1));
    if (!to || to->deleted()) tell("Invalid reference received", at);
  });
  return found;
}

}  // namespace epicenter::mock::fhir
