// All stubs, in match order, and the few that a request can possibly match.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mock-epic/stubs/stub_mapping.hpp"

namespace epicenter::mock::stubs {

/// Match order: priority ascending, then the most recently added first. Stubs are found by what their URL
/// begins with (the whole of it where it is exact), so that the cost of a request depends on the stubs whose
/// URL begins like its own, not on how many there are.
class stub_index {
 public:
  void add(std::unique_ptr<stub_mapping>);
  std::unique_ptr<stub_mapping> remove(std::string_view id);
  stub_mapping* find(std::string_view id) const;
  std::size_t size() const { return by_id_.size(); }
  void clear();

  /// In match order.
  std::vector<stub_mapping*> all() const;

  /// Visits the stubs whose URL may match, in match order, until the visitor answers true; that one is
  /// returned, or nullptr.
  template <class Visit>
  stub_mapping* first(std::string_view target, Visit visit) const;

 private:
  struct earlier {
    bool operator()(const stub_mapping* a, const stub_mapping* b) const {
      return a->priority != b->priority ? a->priority < b->priority : a->added > b->added;
    }
  };
  using ordered = std::set<stub_mapping*, earlier>;
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using table = std::unordered_map<std::string, ordered, text_hash, std::equal_to<>>;

  table& table_for(const stub_mapping&, std::string& key);

  std::map<std::string, std::unique_ptr<stub_mapping>, std::less<>> by_id_;
  ordered order_;
  table by_target_;                        // url: path and query, exactly
  table by_path_;                          // urlPath
  std::map<std::size_t, table> by_start_;  // all others, by the length of what their URL begins with
};

template <class Visit>
stub_mapping* stub_index::first(std::string_view target, Visit visit) const {
  if (by_id_.empty()) return nullptr;
  struct range {
    ordered::const_iterator at, end;
  };
  std::vector<range> open;
  open.reserve(2 + by_start_.size());
  const auto look_in = [&open](const table& where, std::string_view key) {
    const auto found = where.find(key);
    if (found != where.end()) open.push_back({found->second.begin(), found->second.end()});
  };
  look_in(by_target_, target);
  look_in(by_path_, target.substr(0, target.find('?')));
  for (const auto& [length, where] : by_start_) {
    if (length > target.size()) break;
    look_in(where, target.substr(0, length));
  }
  for (;;) {
    range* next = nullptr;
    for (range& one : open)
      if (one.at != one.end && (!next || earlier{}(*one.at, *next->at))) next = &one;
    if (!next) return nullptr;
    stub_mapping* candidate = *next->at;
    ++next->at;
    if (visit(*candidate)) return candidate;
  }
}

}  // namespace epicenter::mock::stubs
