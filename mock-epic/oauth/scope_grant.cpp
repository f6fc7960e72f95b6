#include "mock-epic/oauth/scope_grant.hpp"

#include <algorithm>

namespace epicenter::mock::oauth {
namespace {

void merge(std::vector<resource_scope>& into, resource_scope one) {
  for (resource_scope& known : into)
    if (known.context == one.context && known.type == one.type && known.category == one.category) {
      known.allowed = static_cast<interactions>(known.allowed | one.allowed);
      return;
    }
  into.push_back(std::move(one));
}

std::optional<resource_scope> meet(const resource_scope& asked, const resource_scope& allowed) {
  if (asked.context != allowed.context) return std::nullopt;
  if (asked.type != "*" && allowed.type != "*" && asked.type != allowed.type) return std::nullopt;
  if (asked.category && allowed.category && *asked.category != *allowed.category) return std::nullopt;
  const auto both = static_cast<interactions>(asked.allowed & allowed.allowed);
  if (both == 0) return std::nullopt;
  return resource_scope{asked.context, asked.type == "*" ? allowed.type : asked.type, both, asked.spelling,
                        asked.category ? asked.category : allowed.category};
}

/// A scope without a category says it all: granular ones beside it add nothing.
void drop_covered(std::vector<resource_scope>& scopes) {
  const std::vector<resource_scope> all = scopes;
  std::erase_if(scopes, [&](const resource_scope& one) {
    return one.category && std::any_of(all.begin(), all.end(), [&](const resource_scope& other) {
             return !other.category && other.context == one.context && other.type == one.type &&
                    (one.allowed & ~other.allowed) == 0;
           });
  });
}

bool is_lost(const resource_scope& one, const resource_scope& lost) {
  return one.context == lost.context && (lost.type == "*" || lost.type == one.type) &&
         (!lost.category || one.category == lost.category);
}

}  // namespace

scope_list intersect(const scope_list& requested, const scope_list& allowed) {
  scope_list made;
  for (const std::string& one : requested.launch)
    if (allowed.asks_for(one)) made.launch.push_back(one);
  for (const resource_scope& asked : requested.resources) {
    std::vector<resource_scope> found;
    for (const resource_scope& one : allowed.resources)
      if (auto met = meet(asked, one)) merge(found, std::move(*met));
    drop_covered(found);
    for (resource_scope& one : found) {
      if (made.resources.size() >= max_scopes) break;
      if (std::find(made.resources.begin(), made.resources.end(), one) == made.resources.end())
        made.resources.push_back(std::move(one));
    }
  }
  return made;
}

scope_list only(const scope_list& given, std::initializer_list<scope_context> contexts) {
  scope_list made;
  made.launch = given.launch;
  std::copy_if(given.resources.begin(), given.resources.end(), std::back_inserter(made.resources),
               [&](const resource_scope& one) {
                 return std::find(contexts.begin(), contexts.end(), one.context) != contexts.end();
               });
  return made;
}

scope_list without(const scope_list& given, const std::vector<resource_scope>& lost) {
  scope_list made = given;
  for (resource_scope& one : made.resources)
    for (const resource_scope& gone : lost)
      if (is_lost(one, gone)) one.allowed = static_cast<interactions>(one.allowed & ~gone.allowed);
  std::erase_if(made.resources, [](const resource_scope& one) { return one.allowed == 0; });
  return made;
}

const scope_list& all_backend_scopes() {
  static const scope_list made = parse_scopes("system/*.cruds");
  return made;
}

const scope_list& all_user_scopes() {
  static const scope_list made = parse_scopes(
      "openid fhirUser profile launch launch/patient offline_access online_access patient/*.cruds "
      "user/*.cruds");
  return made;
}

}  // namespace epicenter::mock::oauth
