#include "mock-epic/fhir/validator.hpp"

#include <algorithm>

#include "mock-epic/fhir/structure.hpp"

namespace epicenter::mock::fhir {
namespace {

/// The type in a reference: of "Patient/x", of "http://…/Patient/x/_history/2"; empty where it names none.
std::string_view type_in_reference(std::string_view reference) {
  if (const std::size_t version = reference.find("/_history/"); version != std::string_view::npos)
    reference = reference.substr(0, version);
  const std::size_t slash = reference.rfind('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view head = reference.substr(0, slash);
  const std::size_t before = head.rfind('/');
  const std::string_view type = before == std::string_view::npos ? head : head.substr(before + 1);
  return type_named(type) ? type : std::string_view();
}

class inspection {
 public:
  std::vector<issue> findings;

  void resource(const json::value& v, const std::string& at, bool contained) {
    const structure* type = structures::r4().find(v.string_at("resourceType"));
    if (!v.is_object() || !type || !type_named(type->name)) {
      tell("structure", "59105", "Not a resource of FHIR R4", at.empty() ? "resourceType" : at);
      return;
    }
    if (contained && v.find("contained"))
      tell("structure", "59105", "Contained resources may not contain others", join(at, "contained"));
    members(*v.if_object(), *type, at, true);
  }

 private:
  bool full() const { return findings.size() >= max_findings; }

  void tell(std::string_view code, std::string_view epic_code, std::string what, std::string at) {
    if (!full()) findings.push_back({"fatal", code, epic_code, std::move(what), std::move(at)});
  }
  void missing(const std::string& at) { tell("required", "59108", "Required element missing: " + at, at); }
  void invalid(std::string_view code, const std::string& why, const std::string& at) {
    tell(code, "59111", why + ": " + at, at);
  }
  static std::string join(const std::string& at, std::string_view name) {
    return at.empty() ? std::string(name) : at + "." + std::string(name);
  }

  void members(const json::object& object, const structure& type, const std::string& at, bool is_resource) {
    if (object.empty()) return tell("structure", "59105", "An object may not be empty: " + at, at);
    for (const auto& [key, v] : object) {
      if (full()) return;
      if (is_resource && key == "resourceType") continue;
      const bool beside = key.starts_with('_');
      const element* e = type.find(beside ? std::string_view(key).substr(1) : std::string_view(key));
      if (!e || (beside && e->simple == primitive::none)) {
        tell("structure", "59105", "Unknown element: " + join(at, key), join(at, key));
      } else if (beside) {
        extras(*e, v, object.find(e->name), join(at, key));
      } else {
        value(*e, v, object.find("_" + std::string(key)), join(at, key));
      }
    }
    for (const structure* in = &type; in; in = in->base) absent(object, *in, at);
  }

  /// What is required and is not there, and choices made twice.
  void absent(const json::object& object, const structure& type, const std::string& at) {
    const auto is_there = [&](const element& e) {
      return object.contains(e.name) || (e.simple != primitive::none && object.contains("_" + e.name));
    };
    for (std::size_t i = 0; i < type.elements.size(); ++i) {
      const element& e = type.elements[i];
      if (e.choice == 0) {
        if (e.required && !is_there(e)) missing(join(at, e.name));
        continue;
      }
      std::size_t made = 0;
      std::size_t end = i;
      for (; end < type.elements.size() && type.elements[end].choice == e.choice; ++end)
        made += std::size_t{is_there(type.elements[end])};
      if (made > 1)
        tell("structure", "59105", "Only one type may be chosen: " + join(at, e.name), join(at, e.name));
      if (made == 0 && e.required) missing(join(at, e.name));
      i = end - 1;
    }
  }

  /// `extra` is the member that holds ids and extensions of a primitive.
  void value(const element& e, const json::value& v, const json::value* extra, const std::string& at) {
    const json::array* list = v.if_array();
    if (e.many != (list != nullptr)) {
      tell("structure", "59105", (e.many ? "Must be an array: " : "May not be an array: ") + at, at);
      return;
    }
    if (!list) return single(e, v, at);
    if (list->empty()) return tell("structure", "59105", "An array may not be empty: " + at, at);
    const json::array* extras = extra ? extra->if_array() : nullptr;
    for (std::size_t i = 0; i < list->size() && !full(); ++i) {
      const bool stands_for_extra =
          (*list)[i].is_null() && extras && i < extras->size() && !(*extras)[i].is_null();
      if (!stands_for_extra) single(e, (*list)[i], at + "[" + std::to_string(i) + "]");
    }
  }

  void extras(const element& e, const json::value& v, const json::value* values, const std::string& at) {
    const structure& type = *structures::r4().find("Element");
    const auto one = [&](const json::value& extra, const std::string& where) {
      if (const json::object* object = extra.if_object()) {
        members(*object, type, where, false);
      } else {
        tell("structure", "59105", "Must be an object: " + where, where);
      }
    };
    if (!e.many) return one(v, at);
    const json::array* list = v.if_array();
    const json::array* beside = values ? values->if_array() : nullptr;
    if (!list || list->empty() || (beside && beside->size() != list->size()))
      return tell("structure", "59105", "Must be an array beside the values: " + at, at);
    for (std::size_t i = 0; i < list->size() && !full(); ++i) {
      if ((*list)[i].is_null() && beside && !(*beside)[i].is_null()) continue;
      one((*list)[i], at + "[" + std::to_string(i) + "]");
    }
  }

  void single(const element& e, const json::value& v, const std::string& at) {
    if (e.is_resource) return resource(v, at, e.name == "contained");
    if (e.simple != primitive::none) {
      if (!is_valid(e.simple, v)) {
        invalid("value", "Not a " + std::string(name_of(e.simple)), at);
      } else if (e.codes && !e.codes->has(*v.if_string())) {
        invalid("code-invalid", "Not a code of " + std::string(e.codes->name), at);
      }
      return;
    }
    const json::object* object = v.if_object();
    if (!object) return tell("structure", "59105", "Must be an object: " + at, at);
    members(*object, *e.type, at, false);
    if (e.codes) coded(e, v, at);
    if (!e.targets.empty()) target(e, v, at);
  }

  void coded(const element& e, const json::value& v, const std::string& at) {
    const auto is_of_set = [&](const json::value& coding) {
      return e.codes->has(coding.string_at("system"), coding.string_at("code"));
    };
    const json::value* codings = v.find("coding");
    const json::array* list = codings ? codings->if_array() : nullptr;
    const bool fits = e.type->name == "CodeableConcept"
                          ? list && std::any_of(list->begin(), list->end(), is_of_set)
                          : is_of_set(v);
    // Extensions may say why there is no code.
    if (!fits && !(v.find("extension") && !list))
      invalid("code-invalid", "No code of " + std::string(e.codes->name), at);
  }

  void target(const element& e, const json::value& v, const std::string& at) {
    const std::string_view named = type_in_reference(v.string_at("reference"));
    const std::string_view type = named.empty() ? v.string_at("type") : named;
    const auto id = type_named(type);
    if (id && std::find(e.targets.begin(), e.targets.end(), *id) == e.targets.end())
      tell("value", "59144", "May not refer to " + std::string(type) + ": " + at, at);
  }
};

}  // namespace

std::vector<issue> validate(const json::value& resource) {
  inspection made;
  made.resource(resource, "", false);
  return std::move(made.findings);
}

}  // namespace epicenter::mock::fhir
