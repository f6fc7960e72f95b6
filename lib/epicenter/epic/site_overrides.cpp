// Configuration of a site: strict, so that a misspelt key is not a rule that silently does not hold.
#include <epicenter/epic/site_profile.hpp>
#include <epicenter/fhir/reference.hpp>

namespace epicenter::epic {
namespace {

constexpr std::size_t max_reason_bytes = 500;

tl::unexpected<error> wrong(std::string_view key, std::string_view sentence) {
  // Keys come from outside and end in logs.
  std::string detail("site profile: ");
  detail += key.substr(0, 64);
  detail += ": ";
  detail += sentence;
  return fail(errc::invalid_argument, std::move(detail));
}

result<> set_operations(site_profile& site, const json::value& given) {
  const json::object* const all = given.if_object();
  if (all == nullptr) return wrong("operations", "must be an object");
  for (const auto& [name, rule] : *all) {
    const std::string key = "operations." + std::string(name);
    const auto which = operation_named(name);
    if (!which) return wrong(key, "there is no such operation");
    if (const bool* allowed = rule.if_bool()) {
      site.of(*which) = {*allowed, *allowed ? std::string() : "refused by this site's configuration"};
    } else if (const auto reason = rule.if_string(); reason != nullptr && !reason->empty()) {
      if (reason->size() > max_reason_bytes) return wrong(key, "the reason is too long");
      site.of(*which) = {false, *reason};
    } else {
      return wrong(key, "must be true, false, or the reason why it is refused");
    }
  }
  return {};
}

result<> set_types(std::set<std::string, std::less<>>& types, std::string_view key,
                   const json::value& given) {
  const json::array* const all = given.if_array();
  if (all == nullptr) return wrong(key, "must be a list of resource types");
  std::set<std::string, std::less<>> named;
  for (const auto& one : *all) {
    const auto type = one.if_string();
    if (type == nullptr || !fhir::is_resource_type(*type)) {
      return wrong(key, "holds something that is no resource type");
    }
    named.insert(*type);
  }
  types = std::move(named);
  return {};
}

result<> set_zone(site_profile& site, const json::value& given) {
  const auto text = given.if_string();
  if (text == nullptr) return wrong("time_zone", "must be a string");
  auto zone = site_zone::parse(*text);
  if (!zone) return wrong("time_zone", zone.error().detail());
  site.zone = *zone;
  return {};
}

result<> set_one(site_profile& site, const std::string& key, const json::value& given) {
  if (key == "profile") return {};  // taken before
  if (key == "operations") return set_operations(site, given);
  if (key == "identifiers_searchable") return set_types(site.identifiers_searchable, key, given);
  if (key == "holding_tank") return set_types(site.holding_tank, key, given);
  if (key == "readable") return set_types(site.readable, key, given);
  if (key == "time_zone") return set_zone(site, given);
  if (key == "versions") {
    const bool* const versions = given.if_bool();
    if (versions == nullptr) return wrong(key, "must be true or false");
    site.versions = *versions;
    return {};
  }
  return wrong(key, "there is no such key");
}

}  // namespace

result<site_profile> override_profile(site_profile known, const json::value& configuration) {
  if (configuration.is_null()) return known;
  const json::object* const all = configuration.if_object();
  if (all == nullptr) return fail(errc::invalid_argument, "site profile: must be an object");
  if (const json::value* base = all->find("profile")) {
    const auto name = base->if_string();
    const bool epic = name != nullptr && *name == "epic";
    const bool orders = name != nullptr && *name == "orders";
    if (!epic && !orders) return wrong("profile", "must be \"epic\" or \"orders\"");
    const site_zone zone = known.zone;
    known = epic ? site_profile::epic() : site_profile::orders();
    known.zone = zone;
  }
  for (const auto& [key, given] : *all) {
    if (auto set = set_one(known, key, given); !set) return fail(std::move(set.error()));
  }
  return known;
}

}  // namespace epicenter::epic
