#include "mock-epic/oauth/client_registry.hpp"

namespace epicenter::mock::oauth {

std::string identity_of(const json::value& jwk) {
  std::string text(jwk.string_at("kty"));
  for (const std::string_view part : {"n", "e", "crv", "x", "y"}) {
    text += '|';
    text += jwk.string_at(part);
  }
  return text;
}

bool client_registry::put(client_registration made) {
  const auto known = clients_.find(made.id);
  if (known == clients_.end()) {
    if (clients_.size() >= max_clients) return false;
    scope_list allowed = parse_scopes(made.scopes);
    std::string id = made.id;
    clients_.emplace(std::move(id), client{std::move(made), std::move(allowed)});
    return true;
  }
  client& one = known->second;
  if (frozen_ && one.registration.jwks.is_object()) {
    one.next_jwks = std::move(made.jwks);
    made.jwks = std::move(one.registration.jwks);
  }
  one.allowed = parse_scopes(made.scopes);
  one.registration = std::move(made);
  return true;
}

const client* client_registry::find(std::string_view id) const {
  const auto at = clients_.find(id);
  return at == clients_.end() ? nullptr : &at->second;
}

std::uint64_t client_registry::retire(std::string_view id, const json::value& jwks) {
  const auto at = clients_.find(id);
  const json::value* keys = jwks.find("keys");
  const json::array* list = keys ? keys->if_array() : nullptr;
  if (at == clients_.end() || !list) return 0;
  std::uint64_t count = 0;
  for (const json::value& one : *list) count += at->second.retired.insert(identity_of(one)).second ? 1U : 0U;
  return count;
}

void client_registry::restore_retired() {
  for (auto& [id, one] : clients_) one.retired.clear();
}

void client_registry::freeze(bool frozen) {
  frozen_ = frozen;
  if (frozen) return;
  for (auto& [id, one] : clients_) {
    if (!one.next_jwks) continue;
    one.registration.jwks = std::move(*one.next_jwks);
    one.next_jwks.reset();
  }
}

std::vector<std::string> client_registry::ids() const {
  std::vector<std::string> all;
  all.reserve(clients_.size());
  for (const auto& [id, one] : clients_) all.push_back(id);
  return all;
}

}  // namespace epicenter::mock::oauth
