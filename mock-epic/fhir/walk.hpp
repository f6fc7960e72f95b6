// Finds what lies at a path in a resource, through arrays.
#pragma once

#include <epicenter/json/value.hpp>
#include <string_view>

namespace epicenter::mock::fhir {

/// Calls visit for each value at the path ("name.given") until it returns true; arrays on the way and at the
/// end are walked through. True where a visit returned true.
template <class Visit>
bool walk(const json::value& from, std::string_view path, const Visit& visit) {
  if (const json::array* list = from.if_array()) {
    for (const json::value& one : *list)
      if (walk(one, path, visit)) return true;
    return false;
  }
  if (path.empty()) return visit(from);
  const std::size_t dot = path.find('.');
  const json::value* member = from.find(path.substr(0, dot));
  if (!member) return false;
  return walk(*member, dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1), visit);
}

/// The first string at the path, or empty.
inline std::string_view first_string(const json::value& from, std::string_view path) {
  std::string_view found;
  walk(from, path, [&found](const json::value& leaf) {
    const auto text = leaf.if_string();
    if (text) found = *text;
    return text != nullptr;
  });
  return found;
}

}  // namespace epicenter::mock::fhir
