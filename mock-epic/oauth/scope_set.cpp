#include "mock-epic/oauth/scope_set.hpp"

#include <algorithm>

namespace epicenter::mock::oauth {
namespace {

bool is_named(const json::value& coding, const category_filter& wanted) {
  return coding.string_at("code") == wanted.code &&
         (!wanted.system || coding.string_at("system") == *wanted.system);
}

bool is_of_category(const json::value& category, const category_filter& wanted) {
  if (const json::array* list = category.if_array())
    return std::any_of(list->begin(), list->end(),
                       [&](const json::value& one) { return is_of_category(one, wanted); });
  // AllergyIntolerance.category is a code: its system is implied.
  if (const auto code = category.if_string()) return !wanted.system && *code == wanted.code;
  const json::value* codings = category.find("coding");
  const json::array* list = codings ? codings->if_array() : nullptr;
  return list && std::any_of(list->begin(), list->end(),
                             [&](const json::value& one) { return is_named(one, wanted); });
}

bool matches(const json::value& resource, const category_filter& wanted) {
  const json::value* category = resource.find("category");
  return category && is_of_category(*category, wanted);
}

bool covers(const resource_scope& scope, std::string_view type) {
  return scope.type == "*" || scope.type == type;
}

std::size_t index_of(scope_context context) {
  return static_cast<std::size_t>(context);
}

void remove(interactions& from, interactions gone) {
  from = static_cast<interactions>(from & ~gone);
}

}  // namespace

scope_set::scope_set(const scope_list& granted, const std::vector<resource_scope>& lost)
    : launch_(granted.launch) {
  for (const resource_scope& one : granted.resources)
    if (one.type != "*") make(one.type);
  for (const resource_scope& one : lost)
    if (one.type != "*") make(one.type);
  for (const resource_scope& one : granted.resources) {
    for (rights& each : by_type_)
      if (covers(one, each.type)) add(each, one);
    if (one.type == "*") add(other_, one);
  }
  for (const resource_scope& one : lost) {
    for (rights& each : by_type_)
      if (covers(one, each.type)) take(each, one);
    if (one.type == "*") take(other_, one);
  }
}

scope_set scope_set::everything() {
  scope_set made;
  made.other_.plain[index_of(scope_context::system)] = all_interactions;
  return made;
}

void scope_set::add(rights& to, const resource_scope& scope) {
  if (scope.category) {
    to.filters.push_back({scope.allowed, scope.context, *scope.category});
    return;
  }
  interactions& mask = to.plain[index_of(scope.context)];
  mask = static_cast<interactions>(mask | scope.allowed);
}

void scope_set::take(rights& from, const resource_scope& scope) {
  if (!scope.category) remove(from.plain[index_of(scope.context)], scope.allowed);
  for (filter& one : from.filters)
    if (one.context == scope.context && (!scope.category || *scope.category == one.category))
      remove(one.allowed, scope.allowed);
}

scope_set::rights& scope_set::make(std::string_view type) {
  const auto at = std::lower_bound(by_type_.begin(), by_type_.end(), type,
                                   [](const rights& one, std::string_view name) { return one.type < name; });
  if (at != by_type_.end() && at->type == type) return *at;
  rights made;
  made.type = std::string(type);
  return *by_type_.insert(at, std::move(made));
}

const scope_set::rights& scope_set::of(std::string_view type) const {
  const auto at = std::lower_bound(by_type_.begin(), by_type_.end(), type,
                                   [](const rights& one, std::string_view name) { return one.type < name; });
  return at != by_type_.end() && at->type == type ? *at : other_;
}

bool scope_set::is_plain(const rights& given, interaction what) {
  return ((given.plain[0] | given.plain[1] | given.plain[2]) & bit(what)) != 0;
}

bool scope_set::permits(std::string_view type, interaction what, const json::value* resource) const {
  const rights& given = of(type);
  if (is_plain(given, what)) return true;
  return std::any_of(given.filters.begin(), given.filters.end(), [&](const filter& one) {
    return (one.allowed & bit(what)) && (!resource || matches(*resource, one.category));
  });
}

bool scope_set::depends_on_content(std::string_view type, interaction what) const {
  const rights& given = of(type);
  if (is_plain(given, what)) return false;
  return std::any_of(given.filters.begin(), given.filters.end(),
                     [&](const filter& one) { return (one.allowed & bit(what)) != 0; });
}

bool scope_set::limits_to_patient(std::string_view type, interaction what) const {
  const rights& given = of(type);
  const auto [patient, user, system] = given.plain;
  if ((user | system) & bit(what)) return false;
  const auto grants = [what](const filter& one) { return (one.allowed & bit(what)) != 0; };
  if (std::any_of(given.filters.begin(), given.filters.end(),
                  [&](const filter& one) { return grants(one) && one.context != scope_context::patient; }))
    return false;
  return (patient & bit(what)) != 0 || std::any_of(given.filters.begin(), given.filters.end(), grants);
}

bool scope_set::has(std::string_view launch_scope) const {
  return std::find(launch_.begin(), launch_.end(), launch_scope) != launch_.end();
}

bool is_of_other_patient(const json::value& resource, std::string_view patient_id) {
  if (resource.string_at("resourceType") == "Patient") return resource.string_at("id") != patient_id;
  constexpr std::string_view prefix = "Patient/";
  for (const std::string_view path : {"subject.reference", "patient.reference"}) {
    const std::string_view reference = resource.string_at(path);
    const std::size_t at = reference.rfind(prefix);
    if (at == std::string_view::npos || (at > 0 && reference[at - 1] != '/')) continue;
    const std::string_view id = reference.substr(at + prefix.size());
    if (id.substr(0, id.find('/')) != patient_id) return true;
  }
  return false;
}

}  // namespace epicenter::mock::oauth
