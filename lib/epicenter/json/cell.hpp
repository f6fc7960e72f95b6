// The 16 bytes that a value is. Nothing in them depends on where they stand, so a value is moved by copying
// its bytes.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace epicenter::json::detail {

/// Kinds from long_number on own a block.
enum class kind : std::uint8_t {
  null,
  boolean,
  short_number,
  short_string,
  long_number,
  long_string,
  array,
  object,
};

inline constexpr std::size_t short_text_max = 14;

/// A short text stands in the last 14 bytes, zeros behind it: two of them are equal where their bytes are.
struct cell {
  kind what = kind::null;
  std::uint8_t small = 0;  ///< a bool; the size of a short text
  std::uint16_t unused = 0;
  std::uint32_t size = 0;   ///< characters, elements or members
  void* content = nullptr;  ///< inside a block: characters, cells of elements, or cells of keys and values
};
static_assert(sizeof(cell) == 16 && sizeof(void*) == 8 && std::endian::native == std::endian::little);

inline bool owns_block(kind what) {
  return what >= kind::long_number;
}
inline bool is_text(kind what) {
  return what >= kind::short_number && what <= kind::long_string;
}
/// The kind of a longer number or string.
inline kind long_form(kind short_form) {
  return short_form == kind::short_number ? kind::long_number : kind::long_string;
}

/// Empties the cell and gives what it held.
inline cell take(cell& from, kind left) {
  const cell taken = from;
  from = cell{left, 0, 0, 0, nullptr};
  return taken;
}

struct words {
  std::uint64_t low;
  std::uint64_t high;
  friend bool operator==(const words&, const words&) = default;
};
inline words words_of(const cell& c) {
  return std::bit_cast<words>(c);
}

inline std::uint64_t eight_bytes(const char* at) {
  std::uint64_t read = 0;
  std::memcpy(&read, at, sizeof read);
  return read;
}

/// From up to 14 characters, given as the words that hold them and zeros.
inline cell short_text(kind what, std::size_t size, std::uint64_t first_eight, std::uint64_t last_six) {
  const auto head = static_cast<std::uint64_t>(what) | std::uint64_t{size} << 8U;
  return std::bit_cast<cell>(words{head | first_eight << 16U, first_eight >> 48U | last_six << 16U});
}

/// Reads no byte beyond the text, which is at most 14 characters long.
inline cell short_text(kind what, std::string_view text) {
  const char* const at = text.data();
  const std::size_t n = text.size();
  if (n > 8) return short_text(what, n, eight_bytes(at), eight_bytes(at + n - 8) >> (8 * (16 - n)));
  std::uint64_t few = 0;
  if (n >= 4) {
    std::uint32_t front = 0;
    std::uint32_t back = 0;
    std::memcpy(&front, at, sizeof front);
    std::memcpy(&back, at + n - 4, sizeof back);
    few = front | std::uint64_t{back} << (8 * (n - 4));
  } else if (n != 0) {
    const auto byte = [at](std::size_t i) {
      return std::uint64_t{static_cast<unsigned char>(at[i])} << (8 * i);
    };
    few = byte(0) | byte(n / 2) | byte(n - 1);
  }
  return short_text(what, n, few, 0);
}

/// The text of a number, a string or a key. It stands in the cell itself where it is short.
inline std::string_view text_of(const cell& c) {
  if (owns_block(c.what)) return {static_cast<const char*>(c.content), c.size};
  return {reinterpret_cast<const char*>(&c) + 2, c.small};
}

/// Of two texts.
inline bool same_text(const cell& a, const cell& b) {
  const words mine = words_of(a);
  const words theirs = words_of(b);
  if (mine.low != theirs.low) return false;
  if (!owns_block(a.what)) return mine.high == theirs.high;
  return std::memcmp(a.content, b.content, a.size) == 0;
}

}  // namespace epicenter::json::detail
