#include "mock-epic/stubs/json_equality.hpp"

#include <algorithm>

#include "mock-epic/stubs/regex.hpp"

namespace epicenter::mock::stubs {
namespace {

constexpr std::size_t most_comparisons = 1'000'000;
constexpr std::string_view regex_mark = "${json-unit.regex}";

class comparison {
 public:
  explicit comparison(const json_equality_options& o) : options_(o) {}

  bool equal(const json::value& expected, const json::value& actual) {
    if (++done_ > most_comparisons) return false;
    if (const auto text = expected.if_string()) return equal_text(*text, actual);
    if (const json::object* members = expected.if_object())
      return actual.is_object() && equal_objects(*members, *actual.if_object());
    if (const json::array* elements = expected.if_array())
      return actual.is_array() && equal_arrays(*elements, *actual.if_array());
    if (const auto number = expected.if_number())
      return actual.is_number() && equal_numbers(*number, *actual.if_number());
    return expected == actual;
  }

 private:
  bool equal_text(const std::string& text, const json::value& actual) const {
    if (text.starts_with("${json-unit.") || text.starts_with("#{json-unit.")) {
      const std::string_view name = std::string_view(text).substr(12, text.find('}') - 12);
      if (name == "ignore" || name == "ignore-element") return true;
      if (name == "any-string") return actual.is_string();
      if (name == "any-number") return actual.is_number();
      if (name == "any-boolean") return actual.is_bool();
      if (name == "regex")
        return actual.is_string() &&
               regex(std::string_view(text).substr(regex_mark.size())).matches_whole(*actual.if_string());
    }
    return actual.is_string() && *actual.if_string() == text;
  }

  bool equal_objects(const json::object& expected, const json::object& actual) {
    for (const auto& [key, value] : expected) {
      const json::value* other = actual.find(key);
      if (!other) {
        if (const auto text = value.if_string(); text && *text == "${json-unit.ignore-element}") continue;
        return false;
      }
      if (!equal(value, *other)) return false;
    }
    if (options_.ignore_extra_elements) return true;
    return std::all_of(actual.begin(), actual.end(),
                       [&](const auto& m) { return expected.contains(m.first); });
  }

  bool equal_arrays(const json::array& expected, const json::array& actual) {
    if (expected.size() > actual.size()) return false;
    if (!options_.ignore_extra_elements && expected.size() != actual.size()) return false;
    if (options_.ignore_array_order) return assignable(expected, actual);
    // Extra items may stand anywhere: the expected ones must come in their order.
    std::size_t at = 0;
    for (const json::value& one : actual) {
      if (at < expected.size() && equal(expected[at], one))
        ++at;
      else if (!options_.ignore_extra_elements)
        return false;
    }
    return at == expected.size();
  }

  /// Whether each expected item can have an actual item of its own (Kuhn's algorithm).
  bool assignable(const json::array& expected, const json::array& actual) {
    if (expected.size() * actual.size() > most_comparisons) return false;
    std::vector<std::vector<std::size_t>> partners(expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      for (std::size_t j = 0; j < actual.size(); ++j)
        if (equal(expected[i], actual[j])) partners[i].push_back(j);
      if (partners[i].empty()) return false;
    }
    constexpr std::size_t nobody = static_cast<std::size_t>(-1);
    std::vector<std::size_t> taken_by(actual.size(), nobody);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      std::vector<std::size_t> came_from(actual.size(), nobody);
      if (!augment(i, partners, taken_by, came_from)) return false;
    }
    return true;
  }

  /// One augmenting path, breadth first.
  bool augment(std::size_t start, const std::vector<std::vector<std::size_t>>& partners,
               std::vector<std::size_t>& taken_by, std::vector<std::size_t>& came_from) {
    constexpr std::size_t nobody = static_cast<std::size_t>(-1);
    std::vector<std::size_t> queue{start};
    for (std::size_t at = 0; at < queue.size(); ++at) {
      for (const std::size_t j : partners[queue[at]]) {
        if (++done_ > most_comparisons) return false;
        if (came_from[j] != nobody) continue;
        came_from[j] = queue[at];
        if (taken_by[j] != nobody) {
          queue.push_back(taken_by[j]);
          continue;
        }
        std::size_t free = j;
        for (;;) {
          const std::size_t owner = came_from[free];
          std::size_t left = nobody;
          for (std::size_t k = 0; k < taken_by.size(); ++k)
            if (taken_by[k] == owner) left = k;
          taken_by[free] = owner;
          if (left == nobody) return true;
          free = left;
        }
      }
    }
    return false;
  }

  json_equality_options options_;
  std::size_t done_ = 0;
};

std::size_t leaves(const json::value& v) {
  std::size_t sum = 0;
  if (const json::object* members = v.if_object())
    for (const auto& [key, value] : *members) sum += leaves(value);
  else if (const json::array* elements = v.if_array())
    for (const json::value& one : *elements) sum += leaves(one);
  return sum == 0 ? 1 : sum;
}

std::size_t differing(const json::value& expected, const json::value& actual) {
  if (const json::object* members = expected.if_object(); members && actual.is_object()) {
    std::size_t sum = 0;
    for (const auto& [key, value] : *members) {
      const json::value* other = actual.find(key);
      sum += other ? differing(value, *other) : leaves(value);
    }
    for (const auto& [key, value] : *actual.if_object())
      if (!members->contains(key)) sum += leaves(value);
    return sum;
  }
  if (const json::array* elements = expected.if_array(); elements && actual.is_array()) {
    const json::array& others = *actual.if_array();
    std::size_t sum = 0;
    for (std::size_t i = 0; i < std::max(elements->size(), others.size()); ++i) {
      if (i < elements->size() && i < others.size())
        sum += differing((*elements)[i], others[i]);
      else
        sum += leaves(i < elements->size() ? (*elements)[i] : others[i]);
    }
    return sum;
  }
  return equal_json(expected, actual, {}) ? 0 : std::max(leaves(expected), leaves(actual));
}

}  // namespace

bool equal_json(const json::value& expected, const json::value& actual,
                const json_equality_options& options) {
  return comparison(options).equal(expected, actual);
}

bool equal_numbers(json::number_view a, json::number_view b) {
  if (a.text == b.text) return true;
  const json::value left{a};
  const json::value right{b};
  const auto x = left.to_int64();
  const auto y = right.to_int64();
  if (x && y) return *x == *y;
  const auto u = left.to_double();
  const auto v = right.to_double();
  return u && v && *u == *v;
}

double json_distance(const json::value& expected, const json::value& actual) {
  const std::size_t all = std::max(leaves(expected), leaves(actual));
  return std::min(1.0, static_cast<double>(differing(expected, actual)) / static_cast<double>(all));
}

std::string check_placeholders(const json::value& expected) {
  if (const auto text = expected.if_string(); text && text->starts_with(regex_mark))
    return regex::check(std::string_view(*text).substr(regex_mark.size())).value_or("");
  if (const json::object* members = expected.if_object())
    for (const auto& [key, value] : *members)
      if (std::string wrong = check_placeholders(value); !wrong.empty()) return wrong;
  if (const json::array* elements = expected.if_array())
    for (const json::value& one : *elements)
      if (std::string wrong = check_placeholders(one); !wrong.empty()) return wrong;
  return {};
}

}  // namespace epicenter::mock::stubs
