// Functions of arrays and objects that need the complete value. Included by value.hpp.
#pragma once

#include <epicenter/json/value.hpp>

namespace epicenter::json {

inline value* array::data() {
  return static_cast<value*>(cell_.content);
}
inline const value* array::data() const {
  return static_cast<const value*>(cell_.content);
}
inline array::iterator array::begin() {
  return data();
}
inline array::iterator array::end() {
  return data() + size();
}
inline array::const_iterator array::begin() const {
  return data();
}
inline array::const_iterator array::end() const {
  return data() + size();
}
inline array::const_iterator array::cbegin() const {
  return begin();
}
inline array::const_iterator array::cend() const {
  return end();
}
inline value& array::operator[](std::size_t at) {
  return data()[at];
}
inline const value& array::operator[](std::size_t at) const {
  return data()[at];
}
inline value& array::front() {
  return *begin();
}
inline const value& array::front() const {
  return *begin();
}
inline value& array::back() {
  return end()[-1];
}
inline const value& array::back() const {
  return end()[-1];
}

template <class... Content>
value& array::emplace_back(Content&&... content) {
  push_back(value(std::forward<Content>(content)...));
  return back();
}

template <class Predicate>
std::size_t erase_if(array& from, Predicate goes) {
  auto kept = from.begin();
  for (auto& one : from) {
    if (goes(std::as_const(one))) continue;
    if (kept != &one) *kept = std::move(one);
    ++kept;
  }
  const auto gone = from.end() - kept;
  from.erase(kept, from.end());
  return static_cast<std::size_t>(gone);
}

inline object::const_iterator object::begin() const {
  return static_cast<const member*>(cell_.content);
}
inline object::const_iterator object::end() const {
  return begin() + size();
}
inline object::iterator object::begin() {
  return static_cast<member*>(cell_.content);
}
inline object::iterator object::end() {
  return begin() + size();
}

template <class Members>
object object::from_unique(Members members) {
  object made;
  made.reserve(members.size());
  for (auto& one : members) made.add(std::move(one.first), std::move(one.second));
  return made;
}

}  // namespace epicenter::json
