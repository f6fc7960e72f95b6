// A JSON document that keeps every number as it was written.
#pragma once

#include <cstdint>
#include <epicenter/base/result.hpp>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace epicenter::json {

class value;

/// A number by its digits. FHIR decimals carry meaning in them (120.50 is not 120.5:
/// hl7.org/fhir/R4/datatypes.html #decimal), and boost::json would write 120.50 as 1.205E2.
struct number {
  std::string text;
  friend bool operator==(const number&, const number&) = default;
};

using array = std::vector<value>;

/// An object that keeps its members in the order they were added. Look-up is linear: FHIR objects are small.
class object {
 public:
  using member = std::pair<std::string, value>;
  object() = default;
  object(std::initializer_list<member> members);
  /// Takes the members as they are. Their keys must differ: that is for the caller to know, nothing looks
  /// here.
  static object from_unique(std::vector<member> members);

  /// The member's value, or nullptr.
  const value* find(std::string_view key) const;
  value* find(std::string_view key);
  bool contains(std::string_view key) const { return find(key) != nullptr; }
  /// Adds the member, or replaces its value where it stands.
  value& set(std::string key, value v);
  /// The member's value; a null is added at the end where there is none.
  value& operator[](std::string_view key);
  bool erase(std::string_view key);
  std::size_t size() const;
  bool empty() const;
  std::vector<member>::const_iterator begin() const;
  std::vector<member>::const_iterator end() const;
  std::vector<member>::iterator begin();
  std::vector<member>::iterator end();
  friend bool operator==(const object&, const object&);

 private:
  std::vector<member> members_;
};

/// null, bool, number, string, array or object. A value type: copies are deep, moves are cheap.
class value {
 public:
  value() = default;
  value(std::nullptr_t) {}
  value(bool b) : data_(b) {}
  value(number n) : data_(std::move(n)) {}
  value(int n) : value(static_cast<std::int64_t>(n)) {}
  value(std::int64_t n);
  value(std::uint64_t n);
  value(double n);  ///< shortest text that reads back to the same double; not finite: null
  value(std::string s) : data_(std::move(s)) {}
  value(std::string_view s) : data_(std::string(s)) {}
  value(const char* s) : data_(std::string(s)) {}
  value(array a) : data_(std::move(a)) {}
  value(object o) : data_(std::move(o)) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  bool is_bool() const { return std::holds_alternative<bool>(data_); }
  bool is_number() const { return std::holds_alternative<number>(data_); }
  bool is_string() const { return std::holds_alternative<std::string>(data_); }
  bool is_array() const { return std::holds_alternative<array>(data_); }
  bool is_object() const { return std::holds_alternative<object>(data_); }

  /// The content if it is of that kind, else nullptr.
  const bool* if_bool() const { return std::get_if<bool>(&data_); }
  const number* if_number() const { return std::get_if<number>(&data_); }
  const std::string* if_string() const { return std::get_if<std::string>(&data_); }
  const array* if_array() const { return std::get_if<array>(&data_); }
  const object* if_object() const { return std::get_if<object>(&data_); }
  array* if_array() { return std::get_if<array>(&data_); }
  object* if_object() { return std::get_if<object>(&data_); }

  /// The member of an object; nullptr where this is no object or has no such member. Chains: v.find("a")...
  const value* find(std::string_view key) const;
  /// The value at a path of keys and array positions ("code.coding.0.code"); nullptr where it leads nowhere.
  const value* at_path(std::string_view path) const;
  /// The string at the path, or the fallback.
  std::string_view string_at(std::string_view path, std::string_view fallback = {}) const;
  /// The number as an integer, if it is one that fits (1.0 and 1e3 are not taken for integers).
  result<std::int64_t> to_int64() const;
  result<double> to_double() const;

  friend bool operator==(const value&, const value&);

 private:
  std::variant<std::monostate, bool, number, std::string, array, object> data_;
};

// Here, because std::vector's functions need the complete value.
inline std::size_t object::size() const {
  return members_.size();
}
inline bool object::empty() const {
  return members_.empty();
}
inline std::vector<object::member>::const_iterator object::begin() const {
  return members_.begin();
}
inline std::vector<object::member>::const_iterator object::end() const {
  return members_.end();
}
inline std::vector<object::member>::iterator object::begin() {
  return members_.begin();
}
inline std::vector<object::member>::iterator object::end() {
  return members_.end();
}

}  // namespace epicenter::json
