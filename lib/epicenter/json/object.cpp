#include <epicenter/json/value.hpp>

namespace epicenter::json {
namespace {

using detail::cell;

// A member is the cell of its key and that of its value.
cell* find_key(const cell& members, std::string_view wanted) {
  auto* at = static_cast<cell*>(members.content);
  cell* const end = at + 2 * std::size_t{members.size};
  if (wanted.size() <= detail::short_text_max) {
    const auto words = detail::words_of(detail::short_text(detail::kind::short_string, wanted));
    for (; at != end; at += 2)
      if (detail::words_of(*at) == words) return at;
    return nullptr;
  }
  for (; at != end; at += 2)
    if (at->size == wanted.size() && detail::owns_block(at->what) &&
        std::memcmp(at->content, wanted.data(), wanted.size()) == 0)
      return at;
  return nullptr;
}

}  // namespace

object::object(std::initializer_list<member> members) {
  reserve(members.size());
  for (const auto& [name, v] : members) set(name, v);
}

const value* object::find(std::string_view wanted) const {
  const cell* const found = find_key(cell_, wanted);
  return found == nullptr ? nullptr : reinterpret_cast<const value*>(found + 1);
}

value* object::find(std::string_view wanted) {
  cell* const found = find_key(cell_, wanted);
  return found == nullptr ? nullptr : reinterpret_cast<value*>(found + 1);
}

value& object::add(key name, value v) {
  detail::grow(cell_);
  ::new (static_cast<void*>(end())) member{std::move(name), std::move(v)};
  ++cell_.size;
  return end()[-1].second;
}

value& object::set(std::string_view name, value v) {
  if (value* const found = find(name)) return *found = std::move(v);
  return add(name, std::move(v));
}

value& object::operator[](std::string_view name) {
  if (value* const found = find(name)) return *found;
  return add(name, {});
}

bool object::erase(std::string_view name) {
  cell* const found = find_key(cell_, name);
  if (found == nullptr) return false;
  cell* const rest = found + 2;
  auto* const last = static_cast<cell*>(cell_.content) + 2 * size();
  detail::release(found, 2);
  std::memmove(found, rest, static_cast<std::size_t>(last - rest) * sizeof(cell));
  --cell_.size;
  return true;
}

}  // namespace epicenter::json
