#include "mock-epic/fhir/sorting.hpp"

#include <algorithm>
#include <charconv>
#include <compare>
#include <limits>
#include <variant>

#include "mock-epic/fhir/search_text.hpp"
#include "mock-epic/fhir/search_value.hpp"
#include "mock-epic/fhir/select.hpp"

namespace epicenter::mock::fhir {
namespace {

/// Nothing, a moment or amount, or a text.
using value = std::variant<std::monostate, double, std::string>;

std::optional<double> number_of(const json::value& leaf) {
  const json::value* held = leaf.is_object() ? leaf.find("value") : &leaf;
  const auto number = held ? held->if_number() : nullptr;
  if (!number) return std::nullopt;
  double read = 0;
  const auto [end, error] =
      std::from_chars(number->text.data(), number->text.data() + number->text.size(), read);
  return error == std::errc{} ? std::optional(read) : std::nullopt;
}

std::string text_of(const json::value& leaf) {
  if (const auto text = leaf.if_string()) return fold(*text);
  if (const bool* flag = leaf.if_bool()) return *flag ? "true" : "false";
  for (const std::string_view path :
       {"coding.code", "code", "value", "reference", "family", "text", "city", "display"})
    if (const std::string_view found = first_string(leaf, path); !found.empty()) return fold(found);
  return {};
}

value value_of(const json::value& leaf, param_kind kind, bool descending) {
  if (kind == param_kind::date) {
    const auto range = range_of(leaf);
    if (!range) return {};
    return static_cast<double>(descending ? range->end : range->begin);
  }
  if (kind == param_kind::number || kind == param_kind::quantity) {
    const auto number = number_of(leaf);
    return number ? value(*number) : value();
  }
  std::string text = text_of(leaf);
  return text.empty() ? value() : value(std::move(text));
}

/// Of several values the first in the direction counts.
value value_of(const resource& r, const sort_key& key, bool orders) {
  if (key.name == "_id") return r.id();
  if (key.name == "_lastUpdated") return static_cast<double>(r.updated().time_since_epoch().count());
  const search_param* param = find_param(r.type(), key.name, orders);
  value best;
  if (!param) return best;
  selection(param->path).any_in(r, [&](const json::value& leaf) {
    value one = value_of(leaf, param->kind, key.descending);
    const bool better = best.index() == 0 || (key.descending ? one > best : one < best);
    if (one.index() != 0 && better) best = std::move(one);
    return false;
  });
  return best;
}

}  // namespace

std::optional<std::vector<sort_key>> read_sort(std::string_view text, std::span<const type_id> types,
                                               bool orders) {
  std::vector<sort_key> keys;
  for (std::string_view part : split_value(text, ',')) {
    sort_key key;
    key.descending = part.starts_with('-');
    if (key.descending) part.remove_prefix(1);
    key.name = part;
    const bool known =
        part == "_id" || part == "_lastUpdated" || std::any_of(types.begin(), types.end(), [&](type_id type) {
          const search_param* param = find_param(type, part, orders);
          return param && param->kind != param_kind::composite && param->path != "!";
        });
    if (!known || keys.size() == max_sort_keys) return std::nullopt;
    keys.push_back(std::move(key));
  }
  return keys;
}

void sort_hits(hits& found, const std::vector<sort_key>& keys, bool orders) {
  struct row {
    std::vector<value> values;
    resource_ptr of;
  };
  std::vector<row> rows;
  rows.reserve(found.size());
  for (resource_ptr& one : found) {
    row made;
    for (const sort_key& key : keys) made.values.push_back(value_of(*one, key, orders));
    made.of = std::move(one);
    rows.push_back(std::move(made));
  }
  std::stable_sort(rows.begin(), rows.end(), [&](const row& a, const row& b) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const value& left = a.values[i];
      const value& right = b.values[i];
      if (left == right) continue;
      if (left.index() == 0 || right.index() == 0) return right.index() == 0;
      return keys[i].descending ? left > right : left < right;
    }
    return false;
  });
  std::transform(rows.begin(), rows.end(), found.begin(), [](row& one) { return std::move(one.of); });
}

}  // namespace epicenter::mock::fhir
