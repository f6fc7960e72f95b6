#include <algorithm>
#include <charconv>
#include <cmath>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/value.hpp>

namespace epicenter::json {
namespace {

template <class Number>
number to_text(Number n) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, n).ptr;
  return {std::string(buffer, end)};
}

template <class Number>
result<Number> from_text(const number* n, const char* wanted) {
  if (n == nullptr) return fail(errc::wrong_kind, std::string("not a number where ") + wanted + " is wanted");
  Number parsed{};
  const char* const end = n->text.data() + n->text.size();
  const auto [stop, failure] = std::from_chars(n->text.data(), end, parsed);
  if (failure != std::errc{} || stop != end) return fail(errc::wrong_kind, std::string("not ") + wanted);
  return parsed;
}

const value* step(const value& at, std::string_view name) {
  if (const auto* members = at.if_object()) return members->find(name);
  const auto* elements = at.if_array();
  if (elements == nullptr) return nullptr;
  std::size_t position = 0;
  const auto [stop, failure] = std::from_chars(name.data(), name.data() + name.size(), position);
  if (failure != std::errc{} || stop != name.data() + name.size()) return nullptr;
  return position < elements->size() ? &(*elements)[position] : nullptr;
}

}  // namespace

object::object(std::initializer_list<member> members) {
  members_.reserve(members.size());
  for (const auto& [key, v] : members) set(key, v);
}

object object::from_unique(std::vector<member> members) {
  object made;
  made.members_ = std::move(members);
  return made;
}

const value* object::find(std::string_view key) const {
  for (const auto& [name, v] : members_)
    if (name == key) return &v;
  return nullptr;
}

value* object::find(std::string_view key) {
  for (auto& [name, v] : members_)
    if (name == key) return &v;
  return nullptr;
}

value& object::set(std::string key, value v) {
  if (value* const found = find(key)) return *found = std::move(v);
  return members_.emplace_back(std::move(key), std::move(v)).second;
}

value& object::operator[](std::string_view key) {
  if (value* const found = find(key)) return *found;
  return members_.emplace_back(std::string(key), value()).second;
}

bool object::erase(std::string_view key) {
  return std::erase_if(members_, [key](const member& m) { return m.first == key; }) != 0;
}

// Two objects are equal whatever the order of their members; the same order is the common case and stays
// linear.
bool operator==(const object& a, const object& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i != a.size(); ++i) {
    const auto& [key, v] = a.members_[i];
    const value* const other = b.members_[i].first == key ? &b.members_[i].second : b.find(key);
    if (other == nullptr || !(*other == v)) return false;
  }
  return true;
}

value::value(std::int64_t n) : data_(to_text(n)) {}
value::value(std::uint64_t n) : data_(to_text(n)) {}
value::value(double n) {
  if (std::isfinite(n)) data_ = to_text(n);
}

const value* value::find(std::string_view key) const {
  const auto* const members = if_object();
  return members == nullptr ? nullptr : members->find(key);
}

const value* value::at_path(std::string_view path) const {
  const value* at = this;
  while (at != nullptr && !path.empty()) {
    const auto dot = std::min(path.find('.'), path.size());
    at = step(*at, path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return at;
}

std::string_view value::string_at(std::string_view path, std::string_view fallback) const {
  const value* const found = at_path(path);
  const auto* const text = found == nullptr ? nullptr : found->if_string();
  return text == nullptr ? fallback : std::string_view(*text);
}

result<std::int64_t> value::to_int64() const {
  return from_text<std::int64_t>(if_number(), "an integer of 64 bits");
}

result<double> value::to_double() const {
  return from_text<double>(if_number(), "a number that a double holds");
}

bool operator==(const value& a, const value& b) {
  return a.data_ == b.data_;
}

}  // namespace epicenter::json
