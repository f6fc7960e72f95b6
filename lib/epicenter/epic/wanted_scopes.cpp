#include <epicenter/epic/wanted_scopes.hpp>
#include <epicenter/smart/scopes.hpp>
#include <map>

namespace epicenter::epic {
namespace {

using needs = std::map<std::string, smart::interactions, std::less<>>;

void need(needs& all, std::string_view type, unsigned what) {
  auto& held = all[std::string(type)];
  held = static_cast<smart::interactions>(held | what);
}

void need_for(needs& all, operation_kind which, const site_profile& site) {
  const auto type = resource_type_of(which);
  if (which == operation_kind::patient_context) {
    need(all, type, smart::can_read);
    for (const auto part : {operation_kind::allergies, operation_kind::problems, operation_kind::medications})
      need(all, resource_type_of(part), smart::can_search);
    return;
  }
  if (!is_write(which)) {
    need(all, type, smart::can_search);
    if (which == operation_kind::notes) need(all, "Binary", smart::can_read);
    return;
  }
  need(all, type, unsigned{smart::can_create} | smart::can_search);
  if (site.readable.contains(type)) need(all, type, smart::can_read);
}

}  // namespace

std::vector<std::string> wanted_scopes(const site_profile& site) {
  needs all;
  for (std::size_t i = 0; i != operation_count; ++i) {
    const auto which = operation_at(i);
    if (site.of(which).allowed) need_for(all, which, site);
  }
  std::vector<std::string> scopes;
  for (const auto& [type, what] : all) scopes.push_back("system/" + type + '.' + smart::letters_of(what));
  return scopes;
}

}  // namespace epicenter::epic
