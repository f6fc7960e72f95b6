// What a value shows of the text that it holds.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace epicenter::json {

/// Characters that somebody else holds: std::string_view, and a std::string where one is asked for. Made by
/// values and keys, which hold up to 14 characters in themselves: a view is good until its value is moved,
/// changed or gone, and an array's or object's growth moves what it holds.
class text_view : public std::string_view {
 public:
  constexpr text_view() = default;
  constexpr text_view(std::string_view text) : std::string_view(text) {}
  constexpr text_view(const char* text) : std::string_view(text) {}
  // So that `condition ? view : string` is ambiguous: its result would be a string that is gone at once.
  text_view(const std::string& text) : std::string_view(text) {}
  operator std::string() const { return {data(), size()}; }
};

/// A number's digits as they were written.
struct number_view {
  text_view text;
  friend bool operator==(const number_view&, const number_view&) = default;
};

/// A view or nothing, asked as a pointer is: `if (const auto name = v.if_string()) use(*name);`
template <class View>
class maybe {
 public:
  constexpr maybe(std::nullptr_t = nullptr) {}
  constexpr maybe(View view) : view_(view), there_(true) {}
  constexpr explicit operator bool() const { return there_; }
  /// By value: the view may outlive this.
  constexpr View operator*() const { return view_; }
  constexpr const View* operator->() const { return &view_; }
  friend constexpr bool operator==(const maybe& m, std::nullptr_t) { return !m.there_; }

 private:
  View view_;
  bool there_ = false;
};

}  // namespace epicenter::json
