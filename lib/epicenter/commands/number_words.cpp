#include <algorithm>
#include <array>
#include <epicenter/commands/number_words.hpp>

namespace epicenter::commands {
namespace {

constexpr std::array<std::string_view, 10> units{"zero", "one", "two",   "three", "four",
                                                 "five", "six", "seven", "eight", "nine"};
constexpr std::array<std::string_view, 10> teens{"ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                                 "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::array<std::string_view, 8> tens{"twenty", "thirty",  "forty",  "fifty",
                                               "sixty",  "seventy", "eighty", "ninety"};

template <std::size_t N>
int index_in(const std::array<std::string_view, N>& list, std::string_view text) {
  const auto found = std::find(list.begin(), list.end(), text);
  return found == list.end() ? -1 : static_cast<int>(found - list.begin());
}

class reader {
 public:
  explicit reader(std::vector<word> words) : words_(std::move(words)) {}

  std::vector<word> run() {
    std::vector<word> out;
    while (at_ < words_.size()) {
      if (starts_number(at_))
        out.push_back(take());
      else
        out.push_back(words_[at_++]);
    }
    return out;
  }

 private:
  std::string_view text(std::size_t i) const {
    return i < words_.size() ? words_[i].text : std::string_view{};
  }
  int unit(std::size_t i) const { return index_in(units, text(i)); }
  int teen(std::size_t i) const {
    const int found = index_in(teens, text(i));
    return found < 0 ? -1 : 10 + found;
  }
  int ten(std::size_t i) const {
    const int found = index_in(tens, text(i));
    return found < 0 ? -1 : 20 + 10 * found;
  }
  // A single digit; «oh» is one only after another.
  int digit(std::size_t i, bool first) const { return !first && text(i) == "oh" ? 0 : unit(i); }
  bool is_digits(std::size_t i) const { return i < words_.size() && words_[i].is_number; }

  bool starts_number(std::size_t i) const {
    if (is_digits(i)) return text(i + 1) == "point" && (unit(i + 2) >= 0 || is_digits(i + 2));
    return is_word(i) || (text(i) == "point" && unit(i + 1) >= 0);
  }
  bool is_word(std::size_t i) const {
    return unit(i) >= 0 || teen(i) >= 0 || ten(i) >= 0 || text(i) == "hundred" || text(i) == "thousand";
  }

  word take() {
    std::string number;
    if (is_digits(at_))
      number = words_[at_++].text;
    else if (text(at_) == "point")
      number = "0";
    else
      number = whole();
    bool sure = true;
    if (text(at_) == "point") sure = append_fraction(number);
    while (is_word(at_) || is_digits(at_)) {
      ++at_;
      sure = false;
    }
    if (!sure || number.size() > 9) return {"~", false};
    return {std::move(number), true};
  }

  bool append_fraction(std::string& number) {
    if (number.find('.') != std::string::npos) return false;
    ++at_;
    number += '.';
    if (is_digits(at_)) {
      const std::string after = words_[at_++].text;
      number += after;
      return after.find('.') == std::string::npos;
    }
    std::size_t digits = 0;
    for (; digit(at_, digits == 0) >= 0; ++at_, ++digits) number += std::to_string(digit(at_, digits == 0));
    if (digits > 0) return true;
    const int two = below_hundred();
    if (two >= 0) number += std::to_string(two);
    return two >= 0;
  }

  // ten to ninety-nine, or a single digit; -1 where none stands.
  int below_hundred() {
    if (const int value = teen(at_); value >= 0) {
      ++at_;
      return value;
    }
    if (int value = ten(at_); value >= 0) {
      ++at_;
      if (unit(at_) > 0) value += unit(at_++);
      return value;
    }
    if (const int value = unit(at_); value >= 0) {
      ++at_;
      return value;
    }
    return -1;
  }

  std::string whole() {
    if (unit(at_) >= 0 && digit(at_ + 1, false) >= 0) {
      std::string digits;
      for (bool first = true; digit(at_, first) >= 0; first = false, ++at_)
        digits += std::to_string(digit(at_, first));
      const auto nonzero = digits.find_first_not_of('0');
      return nonzero == std::string::npos ? "0" : digits.substr(nonzero);
    }
    if (unit(at_) > 0 && (teen(at_ + 1) >= 0 || ten(at_ + 1) >= 0)) {
      const int hundreds = unit(at_++) * 100;
      return std::to_string(hundreds + below_hundred());
    }
    int value = 1;
    if (text(at_) != "hundred" && text(at_) != "thousand") value = below_hundred();
    value = with_scale(value, "hundred", 100);
    if (text(at_) == "thousand") {
      ++at_;
      value *= 1000;
      if (follows_below()) value += hundreds_and_below();
    }
    return std::to_string(value);
  }

  // «fifteen hundred», «five hundred and twenty».
  int with_scale(int value, std::string_view name, int scale) {
    if (text(at_) != name) return value;
    ++at_;
    value *= scale;
    if (follows_below()) value += below_hundred();
    return value;
  }

  int hundreds_and_below() {
    const int first = below_hundred();
    return first < 0 ? 0 : with_scale(first, "hundred", 100);
  }

  // Whether a smaller part goes on; steps over its «and».
  bool follows_below() {
    const std::size_t next = text(at_) == "and" ? at_ + 1 : at_;
    const bool goes_on = unit(next) > 0 || teen(next) >= 0 || ten(next) >= 0;
    if (goes_on) at_ = next;
    return goes_on;
  }

  std::vector<word> words_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<word> with_number_words(std::vector<word> words) {
  return reader(std::move(words)).run();
}

}  // namespace epicenter::commands
