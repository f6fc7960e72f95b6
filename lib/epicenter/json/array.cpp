#include <epicenter/json/value.hpp>

namespace epicenter::json {
namespace {

// The bytes of values move, and nothing has to hear of it.
void shift(value* to, const value* from, std::size_t count) {
  if (count != 0) std::memmove(static_cast<void*>(to), static_cast<const void*>(from), count * sizeof(value));
}

}  // namespace

array::array(std::initializer_list<value> elements) {
  reserve(elements.size());
  for (const value& one : elements) push_back(one);
}

void array::push_back(value v) {
  detail::grow(cell_);
  ::new (static_cast<void*>(end())) value(std::move(v));
  ++cell_.size;
}

array::iterator array::insert(const_iterator before, value v) {
  array one;
  one.push_back(std::move(v));
  return insert_all(before, std::move(one));
}

array::iterator array::insert_all(const_iterator before, array added) {
  const std::size_t at = static_cast<std::size_t>(before - begin());
  const std::size_t count = added.size();
  if (size() + count > capacity()) reserve(std::max(size() + count, 2 * capacity()));
  shift(begin() + at + count, begin() + at, size() - at);
  shift(begin() + at, added.begin(), count);
  cell_.size += added.cell_.size;
  added.cell_.size = 0;
  return begin() + at;
}

void array::pop_back() {
  erase(end() - 1);
}

array::iterator array::erase(const_iterator at) {
  return erase(at, at + 1);
}

array::iterator array::erase(const_iterator first, const_iterator last) {
  value* const to = begin() + (first - begin());
  const auto count = static_cast<std::size_t>(last - first);
  if (count == 0) return to;
  detail::release(reinterpret_cast<const detail::cell*>(to), count);
  shift(to, last, static_cast<std::size_t>(end() - last));
  cell_.size -= static_cast<std::uint32_t>(count);
  return to;
}

void array::clear() {
  erase(begin(), end());
}

void array::resize(std::size_t count) {
  if (count < size()) erase(begin() + count, end());
  reserve(count);
  while (size() < count) push_back({});
}

}  // namespace epicenter::json
