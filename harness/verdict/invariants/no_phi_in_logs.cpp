#include <cstring>
#include <unordered_map>

#include "harness/verdict/invariants/invariant.hpp"

namespace epicenter::verdict {
namespace {

/// Finds any of many phrases in a text in one pass: candidates by their first four bytes. Shorter phrases are
/// not taken: they would be found in everything.
class phrase_index {
 public:
  static constexpr std::size_t key_length = 4;

  explicit phrase_index(const std::vector<std::string>& phrases) {
    for (const auto& p : phrases) {
      if (p.size() >= key_length) by_key_[key(p.data())].push_back(p);
    }
  }
  bool empty() const { return by_key_.empty(); }
  /// The position of the first phrase found, or npos.
  std::size_t find_in(std::string_view text) const {
    for (std::size_t i = 0; i + key_length <= text.size(); ++i) {
      const auto it = by_key_.find(key(text.data() + i));
      if (it == by_key_.end()) continue;
      for (const auto phrase : it->second) {
        if (text.substr(i, phrase.size()) == phrase) return i;
      }
    }
    return std::string_view::npos;
  }

 private:
  static std::uint32_t key(const char* bytes) {
    std::uint32_t k = 0;
    std::memcpy(&k, bytes, key_length);
    return k;
  }
  std::unordered_map<std::uint32_t, std::vector<std::string_view>>
      by_key_;  // only ever looked up, never walked
};

}  // namespace

/// No patient's id, name, number or birth date stands in any text that leaves the process.
finding no_phi_in_logs(const observations& seen, const scenario::invariant&) {
  finding f;
  f.examined_what = "lines";
  const phrase_index index(seen.patient_phrases);
  if (index.empty()) f.inconclusive("no patient data was known to look for");
  if (seen.texts.empty()) f.inconclusive("no text was captured to look in");
  for (const auto& sample : seen.texts) {
    ++f.examined;
    const auto at = index.find_in(sample.text);
    if (at != std::string_view::npos) {
      f.violated("patient data in " + sample.where + " at character " + std::to_string(at + 1));
    }
  }
  return f;
}

}  // namespace epicenter::verdict
