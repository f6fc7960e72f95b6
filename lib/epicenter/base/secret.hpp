// Values that must never reach a log, a report or an error.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace epicenter {

/// A string that does not print itself: there is no conversion and no operator<<; reveal() is greppable. The
/// memory is overwritten on destruction and on assignment.
class secret {
 public:
  secret() = default;
  explicit secret(std::string value) : value_(std::move(value)) {}
  secret(const secret&) = default;
  secret(secret&& other) noexcept : value_(std::exchange(other.value_, {})) {}
  secret& operator=(secret other) noexcept {
    value_.swap(other.value_);
    return *this;
  }
  ~secret();

  std::string_view reveal() const { return value_; }
  bool empty() const { return value_.empty(); }
  friend bool operator==(const secret&, const secret&) = default;

 private:
  std::string value_;
};

}  // namespace epicenter
