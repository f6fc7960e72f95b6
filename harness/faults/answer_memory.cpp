#include "harness/faults/answer_memory.hpp"

namespace epicenter::faults {
namespace {

constexpr int answers_within_age = 8;

}  // namespace

const delivery* answer_memory::recall(const std::string& key, instant now) const {
  const auto found = answers_.find(key);
  if (found == answers_.end()) return nullptr;
  if (!age_) return &found->second.front().what;
  const delivery* old = nullptr;
  for (const auto& one : found->second) {
    if (now - one.at >= *age_) old = &one.what;
  }
  return old;
}

bool answer_memory::is_wanted(const history& known, instant now) const {
  if (known.empty()) return true;
  return age_ && now - known.back().at >= *age_ / answers_within_age;
}

/// Of the answers that are old enough only the youngest is ever asked for again.
void answer_memory::forget_superseded(history& known, instant now) {
  while (known.size() > 1 && now - known[1].at >= *age_) {
    bytes_ -= known.front().what.bytes.size();
    known.pop_front();
  }
}

void answer_memory::remember(const std::string& key, std::string_view bytes, delivery::then after,
                             instant now) {
  auto found = answers_.find(key);
  const bool fresh = found == answers_.end();
  if (!fresh && age_) forget_superseded(found->second, now);
  if (!fresh && !is_wanted(found->second, now)) return;
  const auto cost = bytes.size() + (fresh ? key.size() : 0);
  if (cost > bounds_.bytes - bytes_ || (fresh && answers_.size() >= bounds_.keys)) return;
  if (fresh) found = answers_.try_emplace(key).first;
  found->second.push_back({now, delivery{std::string(bytes), after}});
  bytes_ += cost;
}

}  // namespace epicenter::faults
