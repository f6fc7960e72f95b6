// Answers of the past, bounded in number and size.
#pragma once

#include <cstdint>
#include <deque>
#include <epicenter/base/time.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "harness/faults/verdict.hpp"

namespace epicenter::faults {

/// One answer as its bytes were.
struct remembered_answer {
  instant at{};
  delivery what;
};

/// Remembers per key the first answer or, with an age, as many as it takes to have one of that age: they lie
/// an eighth of the age apart. Not thread-safe.
class answer_memory {
 public:
  struct bounds {
    std::size_t keys = 1024;
    std::size_t bytes = 16 * 1024 * 1024;  ///< of keys and answers; what does not fit is not remembered
  };
  explicit answer_memory(std::optional<duration> age, bounds b) : age_(age), bounds_(b) {}

  /// The older answer for the key, or nullptr; valid until the next call of remember.
  const delivery* recall(const std::string& key, instant now) const;
  void remember(const std::string& key, std::string_view bytes, delivery::then after, instant now);
  std::size_t bytes() const { return bytes_; }
  std::size_t keys() const { return answers_.size(); }

 private:
  using history = std::deque<remembered_answer>;
  bool is_wanted(const history&, instant now) const;
  void forget_superseded(history&, instant now);

  std::optional<duration> age_;
  bounds bounds_;
  std::map<std::string, history> answers_;
  std::size_t bytes_ = 0;
};

}  // namespace epicenter::faults
