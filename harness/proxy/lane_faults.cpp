// What a lane knows of faults that come and go: which of its bytes wait because of whom.
#include <algorithm>

#include "harness/proxy/lane.hpp"

namespace epicenter::proxy {

fault_mask lane::bit_of(const active_fault_ptr& f) {
  const auto known = std::find(bits_.begin(), bits_.end(), f);
  auto index = static_cast<std::size_t>(known - bits_.begin());
  if (known == bits_.end()) {
    const auto unused = std::find(bits_.begin(), bits_.end(), nullptr);
    index = static_cast<std::size_t>(unused - bits_.begin());
    if (unused != bits_.end()) {
      *unused = f;
    } else {
      bits_.push_back(f);
    }
  }
  constexpr std::size_t most = 31;  // the last is shared by those beyond it
  return fault_mask{1} << std::min(index, most);
}

fault_mask lane::bits_of(const std::vector<active_fault_ptr>& all) {
  fault_mask mask = 0;
  for (const auto& f : all) {
    if (!f->ended) mask |= bit_of(f);
  }
  return mask;
}

void lane::release_ended(instant now) {
  fault_mask over = 0, live = 0;
  for (auto& f : bits_) {
    if (!f) continue;
    (f->ended ? over : live) |= bit_of(f);
  }
  over &= ~live;
  const auto release = [&](step& s) {
    if (s.more) {
      std::erase_if(s.more->delayed_by, [](const holding& h) { return h.by()->ended.load(); });
      std::erase_if(s.more->staged, [](const auto& h) { return h->by()->ended.load(); });
    }
    const bool held = s.due == runtime::never;
    const bool freed = (s.by & over) != 0;
    s.by &= ~over;
    if (freed && (held || s.by == 0)) s.due = std::min(s.due, now);
  };
  for (auto& s : steps_) release(s);
  if (ending_ && (ending_->by & over) != 0) ending_.reset();
  if (over == 0) return;
  for (auto& f : bits_) {
    if (f && f->ended) f = nullptr;
  }
}

}  // namespace epicenter::proxy
