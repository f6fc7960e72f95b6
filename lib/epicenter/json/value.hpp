// A JSON document that keeps every number as it was written.
#pragma once

#include <epicenter/base/result.hpp>
#include <epicenter/json/array.hpp>
#include <epicenter/json/object.hpp>
#include <new>
#include <string>
#include <string_view>
#include <tuple>

namespace epicenter::json {
namespace detail {
class document_builder;
}

/// A number by its digits. FHIR decimals carry meaning in them (120.50 is not 120.5:
/// hl7.org/fhir/R4/datatypes.html #decimal), and boost::json would write 120.50 as 1.205E2.
struct number {
  std::string text;
  friend bool operator==(const number&, const number&) = default;
};

/// null, bool, number, string, array or object, in 16 bytes. A value type: copies are deep, moves are cheap
/// and leave null. What was parsed together lies together, in pieces of at most 64 kB: a value that is moved
/// out of its document keeps the pieces that it lies in, until it is gone as well, so a small value that is
/// to be held for long is better copied. Any thread may hold it.
class value {
 public:
  value() noexcept : plain_{} {}
  value(std::nullptr_t) noexcept : value() {}
  value(bool b) noexcept : plain_{{detail::kind::boolean, b, 0, 0, nullptr}} {}
  value(const number& n) : value(number_view{n.text}) {}
  value(number_view n) : plain_{detail::make_text(detail::kind::short_number, n.text)} {}
  value(int n) : value(static_cast<std::int64_t>(n)) {}
  value(std::int64_t n);
  value(std::uint64_t n);
  value(double n);  ///< shortest text that reads back to the same double; not finite: null
  value(std::string_view s) : plain_{detail::make_text(detail::kind::short_string, s)} {}
  value(const std::string& s) : value(std::string_view(s)) {}
  value(const char* s) : value(std::string_view(s)) {}
  value(array a) noexcept : plain_{detail::take(a.cell_, detail::kind::array)} {}
  value(object o) noexcept : plain_{detail::take(o.cell_, detail::kind::object)} {}

  value(const value& other) : plain_{detail::copy_of(other.plain_.cell)} {}
  value(value&& other) noexcept : plain_{detail::take(other.plain_.cell, detail::kind::null)} {}
  value& operator=(const value& other) { return *this = value(other); }
  /// The other may be somewhere inside this.
  value& operator=(value&& other) noexcept {
    const value old(plain{std::exchange(plain_.cell, detail::take(other.plain_.cell, detail::kind::null))});
    return *this;
  }
  ~value() {
    if (detail::owns_block(kind())) detail::release(plain_.cell);
  }

  bool is_null() const { return kind() == detail::kind::null; }
  bool is_bool() const { return kind() == detail::kind::boolean; }
  bool is_number() const {
    return kind() == detail::kind::short_number || kind() == detail::kind::long_number;
  }
  bool is_string() const {
    return kind() == detail::kind::short_string || kind() == detail::kind::long_string;
  }
  bool is_array() const { return kind() == detail::kind::array; }
  bool is_object() const { return kind() == detail::kind::object; }

  /// The content if it is of that kind, else nullptr. Views are good until the value is moved, changed or
  /// gone.
  const bool* if_bool() const;
  maybe<number_view> if_number() const {
    if (!is_number()) return nullptr;
    return number_view{detail::text_of(plain_.cell)};
  }
  maybe<text_view> if_string() const {
    if (!is_string()) return nullptr;
    return text_view(detail::text_of(plain_.cell));
  }
  const array* if_array() const { return is_array() ? &array_ : nullptr; }
  const object* if_object() const { return is_object() ? &object_ : nullptr; }
  array* if_array() { return is_array() ? &array_ : nullptr; }
  object* if_object() { return is_object() ? &object_ : nullptr; }

  /// The member of an object; nullptr where this is no object or has no such member. Chains: v.find("a")...
  const value* find(std::string_view key) const;
  /// The value at a path of keys and array positions ("code.coding.0.code"); nullptr where it leads nowhere.
  const value* at_path(std::string_view path) const;
  /// The string at the path, or the fallback. A view, as if_string() gives it.
  std::string_view string_at(std::string_view path, std::string_view fallback = {}) const;
  /// The number as an integer, if it is one that fits (1.0 and 1e3 are not taken for integers).
  result<std::int64_t> to_int64() const;
  result<double> to_double() const;

  friend bool operator==(const value& a, const value& b) {
    return detail::is_equal(a.plain_.cell, b.plain_.cell);
  }

 private:
  friend class detail::document_builder;
  // Begins as array and object do, so that each may be asked for the kind.
  struct plain {
    detail::cell cell;
  };
  explicit value(const plain& owned) noexcept : plain_(owned) {}
  detail::kind kind() const { return plain_.cell.what; }

  union {
    plain plain_;
    array array_;
    object object_;
  };
};

/// A key and its value; binds as `auto& [name, v]`, where name is a text_view.
struct object::member {
  key first;
  value second;

  template <std::size_t I>
  decltype(auto) get() const {
    if constexpr (I == 0)
      return first.view();
    else
      return (second);
  }
  template <std::size_t I>
  decltype(auto) get() {
    if constexpr (I == 0)
      return first.view();
    else
      return (second);
  }
  friend bool operator==(const member&, const member&) = default;
};
static_assert(sizeof(value) == 16 && sizeof(array) == 16 && sizeof(object) == 16);
static_assert(sizeof(object::member) == 32);

}  // namespace epicenter::json

template <>
struct std::tuple_size<epicenter::json::object::member> : std::integral_constant<std::size_t, 2> {};
template <>
struct std::tuple_element<0, epicenter::json::object::member> {
  using type = epicenter::json::text_view;
};
template <>
struct std::tuple_element<1, epicenter::json::object::member> {
  using type = epicenter::json::value;
};

#include <epicenter/json/value_inline.hpp>
