// The scopes that tokens were granted: computed once, shared by the tokens that have the same.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "mock-epic/oauth/scope_set.hpp"

namespace epicenter::mock::oauth {

struct granted_scopes {
  scope_list granted;
  std::string text;  ///< as the client was told
  scope_set in_force;
};
using granted_scopes_ptr = std::shared_ptr<const granted_scopes>;

class scope_book {
 public:
  /// The text is part of what makes two grants equal.
  granted_scopes_ptr intern(const scope_list& granted, std::string text);

  /// From now on these scopes are not in force, for tokens issued already and for later ones.
  void lose(std::vector<resource_scope> lost);
  const std::vector<resource_scope>& lost() const { return lost_; }

 private:
  std::map<std::string, std::weak_ptr<granted_scopes>> by_text_;
  std::size_t prune_at_ = 64;
  std::vector<resource_scope> lost_;
};

}  // namespace epicenter::mock::oauth
