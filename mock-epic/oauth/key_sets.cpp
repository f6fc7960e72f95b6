#include "mock-epic/oauth/key_sets.hpp"

namespace epicenter::mock::oauth {
namespace {

const json::array* keys_of(const json::value& set) {
  const json::value* keys = set.find("keys");
  return keys ? keys->if_array() : nullptr;
}

}  // namespace

std::string material_of(const json::value& jwk) {
  std::string made;
  for (const std::string_view member : {"kty", "crv", "x", "y", "n", "e"}) {
    made += jwk.string_at(member);
    made += '/';
  }
  return made;
}

std::set<std::string> materials_of(const client_keys& all, std::string_view client) {
  std::set<std::string> found;
  for (const auto& [id, set] : all) {
    const json::array* keys = client.empty() || id == client ? keys_of(set) : nullptr;
    if (!keys) continue;
    for (const json::value& key : *keys) found.insert(material_of(key));
  }
  return found;
}

client_keys without(const client_keys& all, const std::set<std::string>& materials) {
  client_keys made;
  for (const auto& [id, set] : all) {
    json::array kept;
    if (const json::array* keys = keys_of(set))
      for (const json::value& key : *keys)
        if (!materials.contains(material_of(key))) kept.push_back(key);
    json::object left;
    left.set("keys", std::move(kept));
    made.emplace(id, std::move(left));
  }
  return made;
}

}  // namespace epicenter::mock::oauth
