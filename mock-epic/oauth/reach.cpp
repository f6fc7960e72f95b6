#include "mock-epic/oauth/reach.hpp"

#include <algorithm>
#include <epicenter/http/url.hpp>

namespace epicenter::mock::oauth {
namespace {

/// Each alternative of a parameter's value: they are separated by commas.
template <class Predicate>
bool all_alternatives(std::string_view text, const Predicate& holds) {
  for (;;) {
    const std::size_t comma = text.find(',');
    if (!holds(text.substr(0, comma))) return false;
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

bool is_reference_to(std::string_view text, std::string_view patient) {
  constexpr std::string_view prefix = "Patient/";
  const std::size_t at = text.rfind(prefix);
  if (at != std::string_view::npos) text.remove_prefix(at + prefix.size());
  return text == patient;
}

bool names_patient(const http::parameters& asked, const wanted_access& wanted, std::string_view patient) {
  return std::any_of(asked.begin(), asked.end(), [&](const auto& one) {
    const bool names = wanted.type == "Patient"
                           ? one.first == "_id"
                           : one.first == "patient" || one.first == "subject" ||
                                 one.first == "patient:Patient" || one.first == "subject:Patient";
    return names && all_alternatives(one.second,
                                     [&](std::string_view each) { return is_reference_to(each, patient); });
  });
}

/// A resource of that category and nothing else, for scopes to judge.
json::value resource_of_category(std::string_view token) {
  json::object coding;
  const std::size_t bar = token.find('|');
  if (bar != std::string_view::npos) coding.set("system", token.substr(0, bar));
  coding.set("code", bar == std::string_view::npos ? token : token.substr(bar + 1));
  json::array codings;
  codings.emplace_back(std::move(coding));
  json::object concept_of;
  concept_of.set("coding", std::move(codings));
  json::object made;
  made.set("category", std::move(concept_of));
  return made;
}

bool names_granted_categories(const http::parameters& asked, const scope_set& scopes,
                              const wanted_access& wanted) {
  return std::any_of(asked.begin(), asked.end(), [&](const auto& one) {
    return one.first == "category" && all_alternatives(one.second, [&](std::string_view each) {
             const json::value resource = resource_of_category(each);
             return scopes.permits(wanted.type, wanted.what, &resource);
           });
  });
}

}  // namespace

std::optional<wanted_access> wanted_by(std::string_view method, std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  const std::size_t slash = path.find('/');
  const std::string_view type = path.substr(0, slash);
  if (type.empty() || type[0] < 'A' || type[0] > 'Z') return std::nullopt;
  const std::string_view rest = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
  if (rest.starts_with('$') || rest.find("/$") != std::string_view::npos) return std::nullopt;
  const bool of_type = rest.empty() || rest == "_search" || rest == "_history";
  const std::string_view id = of_type ? std::string_view{} : rest.substr(0, rest.find('/'));
  if (method == "GET" || method == "HEAD")
    return wanted_access{type, of_type ? interaction::search : interaction::read, id};
  if (method == "POST")
    return wanted_access{type, rest.empty() ? interaction::create : interaction::search, id};
  if (method == "PUT" || method == "PATCH") return wanted_access{type, interaction::update, id};
  if (method == "DELETE") return wanted_access{type, interaction::remove, id};
  return std::nullopt;
}

reach reach_of(const access& token, const wanted_access& wanted) {
  if (!token.scopes) return reach::refused;
  const scope_set& scopes = token.scopes->in_force;
  if (!scopes.permits(wanted.type, wanted.what)) return reach::refused;
  const bool by_content = scopes.limits_to_patient(wanted.type, wanted.what) ||
                          scopes.depends_on_content(wanted.type, wanted.what);
  return by_content ? reach::by_content : reach::allowed;
}

bool admits(const access& token, const wanted_access& wanted, const json::value& resource) {
  if (!token.scopes || !token.scopes->in_force.permits(wanted.type, wanted.what, &resource)) return false;
  return !token.scopes->in_force.limits_to_patient(wanted.type, wanted.what) ||
         !is_of_other_patient(resource, token.patient);
}

bool admits_search(const access& token, const wanted_access& wanted, const http::request& request,
                   bool of_patient) {
  if (!token.scopes) return false;
  const scope_set& scopes = token.scopes->in_force;
  const auto asked =
      http::decode_form(request.method == "POST" ? std::string_view(request.body) : request.query());
  if (!asked) return false;
  if (of_patient && scopes.limits_to_patient(wanted.type, wanted.what) &&
      !names_patient(*asked, wanted, token.patient))
    return false;
  return !scopes.depends_on_content(wanted.type, wanted.what) ||
         names_granted_categories(*asked, scopes, wanted);
}

}  // namespace epicenter::mock::oauth
