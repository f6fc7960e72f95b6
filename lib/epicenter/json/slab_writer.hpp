// Puts the blocks of one document into few slabs.
#pragma once

#include <algorithm>
#include <epicenter/json/block.hpp>

namespace epicenter::json::detail {

/// Until publish(), the blocks belong to the writer, which takes them all back at its end.
class slab_writer {
 public:
  /// How many bytes the blocks will take, more or less: slabs are cut after it.
  explicit slab_writer(std::size_t expected) : expected_(expected) {}
  ~slab_writer();
  slab_writer(const slab_writer&) = delete;
  slab_writer& operator=(const slab_writer&) = delete;

  /// The content of a new block.
  void* take(std::size_t content_bytes, std::uint32_t capacity) {
    const std::size_t bytes = block_bytes(content_bytes);
    if (bytes > left_) return take_elsewhere(bytes, capacity);
    left_ -= bytes;
    ++blocks_;
    char* const at = next_;
    next_ += bytes;
    return begin_block(at, capacity, static_cast<std::size_t>(at - reinterpret_cast<char*>(newest_)));
  }
  cell text(kind short_form, std::string_view text) {
    if (text.size() <= short_text_max) return short_text(short_form, text);
    void* const content = take(text.size(), 0);
    std::memcpy(content, text.data(), text.size());
    return {long_form(short_form), 0, 0, static_cast<std::uint32_t>(text.size()), content};
  }
  /// From now on the blocks live as long as they are used.
  void publish() noexcept;

 private:
  static void* begin_block(char* at, std::uint32_t capacity, std::size_t to_slab) {
    const block_header header{capacity, static_cast<std::uint32_t>(to_slab)};
    std::memcpy(at, &header, sizeof header);
    return at + sizeof header;
  }
  void* take_elsewhere(std::size_t bytes, std::uint32_t capacity);
  void end_slab() noexcept;

  std::size_t expected_;
  std::size_t made_ = 0;
  slab* newest_ = nullptr;
  char* next_ = nullptr;
  std::size_t left_ = 0;
  std::uint32_t blocks_ = 0;  // in the newest
  slab* single_ = nullptr;    // slabs of one block each
};

}  // namespace epicenter::json::detail
