#include <algorithm>

#include "mock-epic/stubs/pattern_makers.hpp"

namespace epicenter::mock::stubs {
namespace {

constexpr std::size_t most_parts = 100;

class all_of final : public pattern {
 public:
  explicit all_of(std::vector<pattern_ptr> parts) : parts_(std::move(parts)) {}
  bool matches(subject value, wall_time now) const override {
    return std::all_of(parts_.begin(), parts_.end(),
                       [&](const auto& one) { return one->matches(value, now); });
  }
  double distance(subject value, wall_time now) const override {
    double sum = 0;
    for (const pattern_ptr& one : parts_) sum += one->distance(value, now);
    return parts_.empty() ? 0 : sum / static_cast<double>(parts_.size());
  }

 private:
  std::vector<pattern_ptr> parts_;
};

class any_of final : public pattern {
 public:
  explicit any_of(std::vector<pattern_ptr> parts) : parts_(std::move(parts)) {}
  bool matches(subject value, wall_time now) const override {
    return std::any_of(parts_.begin(), parts_.end(),
                       [&](const auto& one) { return one->matches(value, now); });
  }
  double distance(subject value, wall_time now) const override {
    double least = 1;
    for (const pattern_ptr& one : parts_) least = std::min(least, one->distance(value, now));
    return least;
  }

 private:
  std::vector<pattern_ptr> parts_;
};

class negation final : public pattern {
 public:
  explicit negation(pattern_ptr part) : part_(std::move(part)) {}
  bool matches(subject value, wall_time now) const override { return !part_->matches(value, now); }

 private:
  pattern_ptr part_;
};

/// hasExactly and includes: each pattern needs a value; exactly: and each value a pattern.
class several final : public pattern {
 public:
  several(std::vector<pattern_ptr> parts, bool exactly) : parts_(std::move(parts)), exactly_(exactly) {}
  bool matches(subject value, wall_time now) const override {
    std::vector<std::string> values;
    if (value) values.emplace_back(*value);
    return matches_any(values, now);
  }
  bool matches_any(const std::vector<std::string>& values, wall_time now) const override {
    if (exactly_ && values.size() != parts_.size()) return false;
    const auto met = [&](const pattern_ptr& one) {
      return std::any_of(values.begin(), values.end(), [&](const auto& v) { return one->matches(v, now); });
    };
    const auto wanted = [&](const std::string& v) {
      return std::any_of(parts_.begin(), parts_.end(), [&](const auto& one) { return one->matches(v, now); });
    };
    return std::all_of(parts_.begin(), parts_.end(), met) &&
           (!exactly_ || std::all_of(values.begin(), values.end(), wanted));
  }

 private:
  std::vector<pattern_ptr> parts_;
  bool exactly_;
};

}  // namespace

pattern_ptr make_logic_pattern(object_reader& reader, std::string_view op, std::size_t depth) {
  if (op == "not") {
    const json::value* part = reader.any(op);
    if (!part) {
      reader.refuse(op, "a matcher is needed here");
      return nullptr;
    }
    pattern_ptr made = read_pattern(*part, reader.pointer_to(op), reader.failure(), depth + 1);
    return made ? std::make_shared<negation>(std::move(made)) : nullptr;
  }
  const json::array* list = reader.array(op);
  if (!list || list->empty() || list->size() > most_parts) {
    reader.refuse(op, "an array of 1 to 100 matchers is needed here");
    return nullptr;
  }
  std::vector<pattern_ptr> parts;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string at = reader.pointer_to(op) + "/" + std::to_string(i);
    parts.push_back(read_pattern((*list)[i], at, reader.failure(), depth + 1));
    if (reader.failed()) return nullptr;
  }
  if (op == "and") return std::make_shared<all_of>(std::move(parts));
  if (op == "or") return std::make_shared<any_of>(std::move(parts));
  return std::make_shared<several>(std::move(parts), op == "hasExactly");
}

}  // namespace epicenter::mock::stubs
