#include "mock-epic/fhir/search_param.hpp"

#include <algorithm>
#include <array>

namespace epicenter::mock::fhir {
namespace {

using enum param_kind;

constexpr auto common = std::to_array<search_param>({
    {"_profile", uri, "meta.profile", "", param_source::r4},
    {"_security", token, "meta.security", "", param_source::r4},
    {"_source", uri, "meta.source", "", param_source::r4},
    {"_tag", token, "meta.tag", "", param_source::r4},
});

}  // namespace

const search_param* find_param(type_id type, std::string_view name, bool orders) {
  if (name.starts_with('_')) {
    const auto at = std::find_if(common.begin(), common.end(),
                                 [&](const search_param& param) { return orders && param.name == name; });
    return at == common.end() ? nullptr : &*at;
  }
  const auto all = params_of(type);
  const auto at =
      std::lower_bound(all.begin(), all.end(), name,
                       [](const search_param& param, std::string_view n) { return param.name < n; });
  return at != all.end() && at->name == name && at->is_of(orders) ? &*at : nullptr;
}

std::string_view name_of(param_kind kind) {
  static constexpr auto names = std::to_array<std::string_view>(
      {"token", "reference", "string", "date", "number", "quantity", "uri", "composite"});
  return names[static_cast<std::size_t>(kind)];
}

}  // namespace epicenter::mock::fhir
