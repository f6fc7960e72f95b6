// Division by a number that stays the same, without a division.
#pragma once

#include <cstdint>

namespace epicenter::resilience {

/// Exact for dividends below 2^63 and divisors from 1.
class fixed_divisor {
 public:
  explicit constexpr fixed_divisor(std::uint64_t by) : by_(by), inverse_(~std::uint64_t{0} / by) {}

  constexpr std::uint64_t divisor() const { return by_; }
  constexpr std::uint64_t quotient(std::uint64_t n) const {
    // The inverse falls short by less than 1, the product therefore by less than n / 2^64 < 1/2: at most one
    // is missing.
    const auto q = static_cast<std::uint64_t>((static_cast<wide>(n) * inverse_) >> 64);
    return n - q * by_ >= by_ ? q + 1 : q;
  }
  constexpr std::uint64_t remainder(std::uint64_t n) const { return n - quotient(n) * by_; }

 private:
  __extension__ using wide = unsigned __int128;

  std::uint64_t by_;
  std::uint64_t inverse_;
};

}  // namespace epicenter::resilience
