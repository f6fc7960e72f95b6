// The members of a JSON object.
#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <epicenter/json/block.hpp>
#include <epicenter/json/text_view.hpp>
#include <initializer_list>
#include <utility>

namespace epicenter::json {

class value;

/// The name of a member, in 16 bytes.
class key {
 public:
  key() noexcept : cell_(detail::short_text(detail::kind::short_string, {})) {}
  key(std::string_view text) : cell_(detail::make_text(detail::kind::short_string, text)) {}
  key(const std::string& text) : key(std::string_view(text)) {}
  key(const char* text) : key(std::string_view(text)) {}
  key(const key& other) : cell_(detail::copy_of(other.cell_)) {}
  key(key&& other) noexcept : cell_(detail::take(other.cell_, detail::kind::short_string)) {}
  key& operator=(key other) noexcept {
    std::swap(cell_, other.cell_);
    return *this;
  }
  ~key() {
    if (detail::owns_block(cell_.what)) detail::release(cell_);
  }

  /// Good until the key is moved, which its object does when it grows.
  text_view view() const { return detail::text_of(cell_); }
  operator text_view() const { return view(); }

  friend bool operator==(const key& a, const key& b) { return detail::same_text(a.cell_, b.cell_); }
  friend auto operator<=>(const key& a, const key& b) { return a.view() <=> b.view(); }
  template <class Text>
    requires(std::convertible_to<const Text&, std::string_view> && !std::same_as<Text, key>)
  friend bool operator==(const key& a, const Text& b) {
    return a.view() == std::string_view(b);
  }

 private:
  friend class object;
  detail::cell cell_;
};

/// An object that keeps its members in the order they were added. Look-up is linear: FHIR objects are small.
/// Copies are deep, moves leave it empty. Growth invalidates iterators, references and views of short texts.
/// At most 2^32 - 1 members: std::length_error.
class object {
 public:
  struct member;
  using value_type = member;
  using iterator = member*;
  using const_iterator = const member*;

  object() = default;
  object(std::initializer_list<member> members);
  object(const object& other) : cell_(detail::copy_of(other.cell_)) {}
  object(object&& other) noexcept : cell_(detail::take(other.cell_, detail::kind::object)) {}
  object& operator=(const object& other) { return *this = object(other); }
  /// The other may be a member's content.
  object& operator=(object&& other) noexcept {
    object old;
    old.cell_ = std::exchange(cell_, detail::take(other.cell_, detail::kind::object));
    return *this;
  }
  ~object() {
    if (cell_.content != nullptr) detail::release(cell_);
  }
  /// Takes the members as they are. Their keys must differ: that is for the caller to know, nothing looks
  /// here.
  template <class Members>
  static object from_unique(Members members);

  /// The member's value, or nullptr.
  const value* find(std::string_view key) const;
  value* find(std::string_view key);
  bool contains(std::string_view key) const { return find(key) != nullptr; }
  /// Adds the member, or replaces its value where it stands.
  value& set(std::string_view key, value v);
  /// The member's value; a null is added at the end where there is none.
  value& operator[](std::string_view key);
  bool erase(std::string_view key);
  std::size_t size() const { return cell_.size; }
  bool empty() const { return cell_.size == 0; }
  void reserve(std::size_t count) { detail::reserve(cell_, count); }
  const_iterator begin() const;
  const_iterator end() const;
  iterator begin();
  iterator end();
  /// Whatever the order of the members.
  friend bool operator==(const object& a, const object& b) { return detail::is_equal(a.cell_, b.cell_); }

 private:
  friend class value;
  value& add(key, value);

  detail::cell cell_{detail::kind::object, 0, 0, 0, nullptr};
};

}  // namespace epicenter::json
