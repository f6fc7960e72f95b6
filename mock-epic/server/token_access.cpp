#include "mock-epic/server/token_access.hpp"

#include <optional>

#include "mock-epic/oauth/scope_set.hpp"

namespace epicenter::mock::server {
namespace {

/// Nothing where no scope on resources speaks of it: bundles and operations are judged by what they touch.
std::optional<oauth::interaction> as_scopes_say(fhir::interaction what) {
  switch (what) {
    case fhir::interaction::read:
    case fhir::interaction::vread:
    case fhir::interaction::history:
      return oauth::interaction::read;
    case fhir::interaction::search:
      return oauth::interaction::search;
    case fhir::interaction::create:
      return oauth::interaction::create;
    case fhir::interaction::update:
    case fhir::interaction::patch:
      return oauth::interaction::update;
    case fhir::interaction::erase:
      return oauth::interaction::remove;
    default:
      return std::nullopt;
  }
}

}  // namespace

bool token_access::permits(fhir::type_id type, fhir::interaction asked, const json::value* resource) const {
  const auto what = as_scopes_say(asked);
  if (!what) return true;
  if (!what_.scopes) return false;
  const oauth::scope_set& scopes = what_.scopes->in_force;
  const std::string_view name = fhir::name_of(type);
  const bool by_category = !(any_category_ && *what == oauth::interaction::create);
  if (!scopes.permits(name, *what, by_category ? resource : nullptr)) return false;
  return !resource || !scopes.limits_to_patient(name, *what) ||
         !oauth::is_of_other_patient(*resource, what_.patient);
}

std::string_view token_access::patient() const {
  const bool only =
      what_.scopes && what_.scopes->in_force.limits_to_patient("Patient", oauth::interaction::read);
  return only ? std::string_view(what_.patient) : std::string_view();
}

bool token_access::depends_on_content(fhir::type_id type, fhir::interaction asked) const {
  const auto what = as_scopes_say(asked);
  if (!what || !what_.scopes) return false;
  const oauth::scope_set& scopes = what_.scopes->in_force;
  const std::string_view name = fhir::name_of(type);
  return scopes.depends_on_content(name, *what) || scopes.limits_to_patient(name, *what);
}

std::shared_ptr<const fhir::access> token_access::kept() const {
  return std::make_shared<const token_access>(*this);
}

}  // namespace epicenter::mock::server
