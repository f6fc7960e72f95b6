#include <algorithm>
#include <charconv>
#include <cmath>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/value.hpp>

namespace epicenter::json {
namespace {

template <class Number>
detail::cell digits_of(Number n) {
  char buffer[32];
  const auto* const end = std::to_chars(buffer, buffer + sizeof buffer, n).ptr;
  return detail::make_text(detail::kind::short_number, {buffer, static_cast<std::size_t>(end - buffer)});
}

template <class Number>
result<Number> from_text(maybe<number_view> n, const char* wanted) {
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

value::value(std::int64_t n) : plain_{digits_of(n)} {}
value::value(std::uint64_t n) : plain_{digits_of(n)} {}
value::value(double n) : value() {
  if (std::isfinite(n)) plain_.cell = digits_of(n);
}

const bool* value::if_bool() const {
  static constexpr bool no = false;
  static constexpr bool yes = true;
  if (!is_bool()) return nullptr;
  return plain_.cell.small == 0 ? &no : &yes;
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
  const auto text = found == nullptr ? nullptr : found->if_string();
  return text == nullptr ? fallback : *text;
}

result<std::int64_t> value::to_int64() const {
  return from_text<std::int64_t>(if_number(), "an integer of 64 bits");
}

result<double> value::to_double() const {
  return from_text<double>(if_number(), "a number that a double holds");
}

}  // namespace epicenter::json
