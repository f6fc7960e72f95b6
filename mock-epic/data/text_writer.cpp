#include "mock-epic/data/text_writer.hpp"

#include <array>
#include <charconv>

namespace epicenter::mock::data {

void text_writer::append_number(std::int64_t number) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  text_.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

text_writer& text_writer::add_decimal(std::int64_t scaled, int decimals) {
  std::int64_t unit = 1;
  for (int i = 0; i < decimals; ++i) unit *= 10;
  if (scaled < 0) {
    text_.push_back('-');
    scaled = -scaled;
  }
  append_number(scaled / unit);
  if (decimals == 0) return *this;
  text_.push_back('.');
  for (std::int64_t part = unit / 10; part > 0; part /= 10)
    text_.push_back(static_cast<char>('0' + scaled / part % 10));
  return *this;
}

}  // namespace epicenter::mock::data
