// The elements of a JSON array.
#pragma once

#include <cstddef>
#include <epicenter/json/block.hpp>
#include <initializer_list>
#include <utility>

namespace epicenter::json {

class value;

/// std::vector's functions, in 16 bytes. Copies are deep, moves leave it empty. Growth and insertion
/// invalidate iterators, references and views of short texts. At most 2^32 - 1 elements: std::length_error.
class array {
 public:
  using value_type = value;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using reference = value&;
  using const_reference = const value&;
  using pointer = value*;
  using const_pointer = const value*;
  using iterator = value*;
  using const_iterator = const value*;

  array() = default;
  array(std::initializer_list<value> elements);
  template <class Iterator>
  array(Iterator first, Iterator last) {
    for (; first != last; ++first) emplace_back(*first);
  }
  array(const array& other) : cell_(detail::copy_of(other.cell_)) {}
  array(array&& other) noexcept : cell_(detail::take(other.cell_, detail::kind::array)) {}
  array& operator=(const array& other) { return *this = array(other); }
  /// The other may be an element's content.
  array& operator=(array&& other) noexcept {
    array old;
    old.cell_ = std::exchange(cell_, detail::take(other.cell_, detail::kind::array));
    return *this;
  }
  ~array() {
    if (cell_.content != nullptr) detail::release(cell_);
  }

  std::size_t size() const { return cell_.size; }
  bool empty() const { return cell_.size == 0; }
  std::size_t capacity() const { return detail::capacity_of(cell_); }
  void reserve(std::size_t count) { detail::reserve(cell_, count); }

  value* data();
  const value* data() const;
  iterator begin();
  iterator end();
  const_iterator begin() const;
  const_iterator end() const;
  const_iterator cbegin() const;
  const_iterator cend() const;
  value& operator[](std::size_t);
  const value& operator[](std::size_t) const;
  value& front();
  const value& front() const;
  value& back();
  const value& back() const;

  void push_back(value);
  template <class... Content>
  value& emplace_back(Content&&... content);
  /// Returns where the element stands.
  iterator insert(const_iterator before, value);
  template <class Iterator>
  iterator insert(const_iterator before, Iterator first, Iterator last) {
    return insert_all(before, array(first, last));
  }
  void pop_back();
  iterator erase(const_iterator);
  iterator erase(const_iterator first, const_iterator last);
  void clear();
  /// New elements are null.
  void resize(std::size_t count);

  friend bool operator==(const array& a, const array& b) { return detail::is_equal(a.cell_, b.cell_); }
  /// How many went.
  template <class Predicate>
  friend std::size_t erase_if(array& from, Predicate goes);

 private:
  friend class value;
  iterator insert_all(const_iterator before, array);

  detail::cell cell_{detail::kind::array, 0, 0, 0, nullptr};
};

}  // namespace epicenter::json
