// What levers may do to tokens and keys: the one seam between them and the authorization server.
#pragma once

#include <cstdint>
#include <string>

#include "mock-epic/oauth/assertion.hpp"

namespace epicenter::mock {

class identity_controls {
 public:
  virtual ~identity_controls() = default;
  /// Every access token issued so far is expired from now on; `why` is what the journal tells of its use.
  /// Returns how many were valid.
  virtual std::uint64_t expire_tokens(std::string why) = 0;
  /// The same by revocation: what a client sees is the same, what introspection tells need not be.
  virtual std::uint64_t revoke_tokens(std::string why) = 0;
  /// The keys that clients are registered with now.
  virtual const oauth::client_keys& keys() const = 0;
};

}  // namespace epicenter::mock
