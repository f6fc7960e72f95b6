// What levers may do to tokens and keys: the one seam between them and the authorization server.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace epicenter::mock {

class identity_controls {
 public:
  virtual ~identity_controls() = default;
  /// Every access token issued so far is expired from now on; `why` is what the journal tells of its use.
  /// Returns how many were valid.
  virtual std::uint64_t expire_tokens(std::string why) = 0;
  /// The same by revocation: what a client sees is the same, what introspection tells need not be.
  virtual std::uint64_t revoke_tokens(std::string why) = 0;

  virtual bool knows_client(std::string_view id) const = 0;
  /// The keys that a client (empty: every client) signs with now, by what they are made of.
  virtual std::set<std::string> keys_of(std::string_view client) const = 0;
  /// While frozen, key sets are used as they are: what known clients register or publish is not seen. As
  /// often as it was frozen it has to be thawed.
  virtual void freeze_keys() = 0;
  virtual void thaw_keys() = 0;
};

}  // namespace epicenter::mock
