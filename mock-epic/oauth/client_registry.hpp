// The clients of one site and the keys that they may sign with.
#pragma once

#include <epicenter/base/result.hpp>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "mock-epic/oauth/client_registration.hpp"

namespace epicenter::mock::oauth {

struct client {
  client_registration registration;
  scope_list allowed;                      ///< registration.scopes, read
  std::set<std::string> retired{};         ///< identities of keys that no longer verify
  std::optional<json::value> next_jwks{};  ///< registered while key sets are frozen

  bool has_keys() const { return registration.jwks.is_object() || !registration.jwks_url.empty(); }
  bool has_secret() const { return !registration.secret_hash.empty(); }
  bool is_public() const { return !has_keys() && !has_secret(); }
};

/// A key by what it is made of, whatever it is called: two with equal material are one.
std::string identity_of(const json::value& jwk);

class client_registry {
 public:
  static constexpr std::size_t max_clients = 1000;

  /// Adds or replaces. False where the bound is reached. Replacing keeps what was retired; while frozen, the
  /// static keys of a known client stay as they were until the thaw.
  bool put(client_registration);
  const client* find(std::string_view id) const;
  std::size_t size() const { return clients_.size(); }

  /// The keys that are in this set now no longer verify for the client. Returns how many.
  std::uint64_t retire(std::string_view id, const json::value& jwks);
  void restore_retired();

  /// What is registered from now on is not seen until freeze(false).
  void freeze(bool frozen);
  std::vector<std::string> ids() const;

 private:
  std::map<std::string, client, std::less<>> clients_;
  bool frozen_ = false;
};

}  // namespace epicenter::mock::oauth
