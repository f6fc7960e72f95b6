#include "mock-epic/oauth/scope_book.hpp"

#include <algorithm>

namespace epicenter::mock::oauth {

granted_scopes_ptr scope_book::intern(const scope_list& granted, std::string text) {
  std::string key = text + '\n' + write_scopes(granted);
  std::weak_ptr<granted_scopes>& known = by_text_[key];
  if (auto shared = known.lock()) return shared;
  const auto made = std::make_shared<granted_scopes>();
  made->granted = granted;
  made->text = std::move(text);
  made->in_force = scope_set(granted, lost_);
  known = made;
  if (by_text_.size() >= prune_at_) {
    std::erase_if(by_text_, [](const auto& one) { return one.second.expired(); });
    prune_at_ = std::max<std::size_t>(64, 2 * by_text_.size());
  }
  return made;
}

void scope_book::lose(std::vector<resource_scope> lost) {
  lost_ = std::move(lost);
  for (const auto& [text, weak] : by_text_)
    if (const auto shared = weak.lock()) shared->in_force = scope_set(shared->granted, lost_);
}

}  // namespace epicenter::mock::oauth
