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

completeness judge(const operation_outcome& outcome) {
  for (const char* code : {"59204", "59205", "4119"})
    if (outcome.has_epic_code(code)) return completeness::partial;
  const auto worst = outcome.worst();
  return worst && *worst >= severity::error ? completeness::partial : completeness::full;
}

void take_entry(bundle& into, json::object& entry) {
  json::value* const resource = entry.find("resource");
  if (resource == nullptr || !resource->is_object()) return;
  const json::value* const search = entry.find("search");
  const std::string_view mode = search == nullptr ? std::string_view() : search->string_at("mode");
  if (auto outcome = parse_operation_outcome(*resource)) {
    auto& all = into.outcome.issues;
    all.insert(all.end(), outcome->issues.begin(), outcome->issues.end());
  } else if (mode == "include") {
    into.included.push_back(std::move(*resource));
  } else if (mode != "outcome") {
    into.matches.push_back(std::move(*resource));
  }
}

}  // namespace

std::optional<bundle> parse_bundle(json::value from) {
  if (from.string_at("resourceType") != "Bundle") return std::nullopt;
  bundle made;
  made.next = next_link(from);
  if (const json::value* total = from.find("total"))
    if (const auto number = total->to_int64()) made.total = *number;
  json::value* const found = from.if_object()->find("entry");
  if (json::array* const entries = found == nullptr ? nullptr : found->if_array())
    for (json::value& entry : *entries)
      if (json::object* const members = entry.if_object()) take_entry(made, *members);
  made.complete = judge(made.outcome);
  return made;
}

}  // namespace epicenter::fhir
