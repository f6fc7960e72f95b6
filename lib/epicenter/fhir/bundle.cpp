#include <epicenter/fhir/bundle.hpp>

namespace epicenter::fhir {
namespace {

std::string next_link(const json::value& from) {
  const json::value* const found = from.find("link");
  const json::array* const links = found == nullptr ? nullptr : found->if_array();
  if (links == nullptr) return {};
  for (const json::value& link : *links)
    if (link.string_at("relation") == "next") return std::string(link.string_at("url"));
  return {};
}

}  // namespace

std::optional<bundle_entry> read_entry(json::value entry) {
  json::object* const members = entry.if_object();
  json::value* const resource = members == nullptr ? nullptr : members->find("resource");
  if (resource == nullptr || !resource->is_object()) return std::nullopt;
  const std::string_view mode = entry.string_at("search.mode");
  bundle_entry made;
  if (resource->string_at("resourceType") == "OperationOutcome" || mode == "outcome")
    made.role = entry_role::outcome;
  else if (mode == "include")
    made.role = entry_role::included;
  made.resource = std::move(*resource);
  return made;
}

void bundle::take_outcome(operation_outcome told) {
  missing = missing_by(told);
  complete = missing.verdict();
  outcome = std::move(told);
}

std::optional<bundle> parse_bundle(json::value from) {
  if (from.string_at("resourceType") != "Bundle") return std::nullopt;
  bundle made;
  made.next = next_link(from);
  if (const json::value* total = from.find("total"))
    if (const auto number = total->to_int64()) made.total = *number;
  operation_outcome outcome;
  json::value* const found = from.if_object()->find("entry");
  if (json::array* const entries = found == nullptr ? nullptr : found->if_array()) {
    for (json::value& one : *entries) {
      auto entry = read_entry(std::move(one));
      if (!entry) continue;
      if (entry->role == entry_role::outcome)
        outcome.add(parse_operation_outcome(entry->resource));
      else
        (entry->role == entry_role::match ? made.matches : made.included)
            .push_back(std::move(entry->resource));
    }
  }
  made.take_outcome(std::move(outcome));
  return made;
}

}  // namespace epicenter::fhir
