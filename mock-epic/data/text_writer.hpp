// Builds JSON text by appending: charts are written faster than trees could be.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace epicenter::mock::data {

/// What is added must be JSON already: the tables of this folder hold nothing that needs escaping (the tests
/// read every resource back). Text that people wrote goes through json::quote.
class text_writer {
 public:
  explicit text_writer(std::size_t room) { text_.reserve(room); }

  template <class... Parts>
  text_writer& add(const Parts&... parts) {
    (append(parts), ...);
    return *this;
  }
  /// 41 with one decimal is 4.1: a lab prints as many digits as it measures.
  text_writer& add_decimal(std::int64_t scaled, int decimals);

  void clear() { text_.clear(); }
  const std::string& text() const { return text_; }

 private:
  void append(std::string_view part) { text_.append(part); }
  void append(char part) { text_.push_back(part); }
  template <std::integral I>
  void append(I number) {
    append_number(static_cast<std::int64_t>(number));
  }
  void append_number(std::int64_t);

  std::string text_;
};

}  // namespace epicenter::mock::data
