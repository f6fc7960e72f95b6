// Key sets with some keys taken out.
#pragma once

#include <set>
#include <string>

#include "mock-epic/oauth/assertion.hpp"

namespace epicenter::mock::oauth {

/// A key by what it is made of, whatever it is called: two of equal material are one.
std::string material_of(const json::value& jwk);
/// The materials of the keys of a client; of every client where it is empty.
std::set<std::string> materials_of(const client_keys&, std::string_view client);
/// The same clients without those keys.
client_keys without(const client_keys&, const std::set<std::string>& materials);

}  // namespace epicenter::mock::oauth
