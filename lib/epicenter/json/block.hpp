// Where the content of cells lies: in blocks, alone or many in a slab.
#pragma once

#include <atomic>
#include <epicenter/json/cell.hpp>

namespace epicenter::json::detail {

/// Stands before the content.
struct block_header {
  std::uint32_t capacity;  ///< of an array or object, in elements or members
  std::uint32_t to_slab;   ///< bytes back to the slab's beginning; 0 where the block is alone
};

/// Many blocks in one allocation. It lives until the last of them is given back, from whatever thread.
struct slab {
  std::atomic<std::uint32_t> blocks;
  slab* older = nullptr;  ///< while its document is made
};

/// No slab is larger, but for one that holds a single block.
inline constexpr std::size_t slab_bytes_max = 64 * 1024;

inline block_header& header_of(void* content) {
  return static_cast<block_header*>(content)[-1];
}

/// Bytes of a block with its header.
inline std::size_t block_bytes(std::size_t content_bytes) {
  return (sizeof(block_header) + content_bytes + 7) & ~std::size_t{7};
}

/// A block of its own: its content. Throws std::bad_alloc.
void* make_block(std::size_t content_bytes, std::uint32_t capacity);
/// Gives back the block alone, not what its cells hold.
void free_block(void* content) noexcept;

/// Gives back what the cell owns, whole trees as well. The cell's bytes stay as they are.
void release(const cell&) noexcept;
/// The same for cells in a row.
void release(const cell* first, std::size_t count) noexcept;
/// A copy that shares nothing.
cell copy_of(const cell&);
bool is_equal(const cell&, const cell&);

/// A number or string. Throws std::length_error at 4 GiB.
cell make_text(kind short_form, std::string_view);

/// Cells that the content of an array or object holds.
inline std::size_t cells_in(const cell& container) {
  return std::size_t{container.size} * (container.what == kind::object ? 2 : 1);
}

/// Room for another element or member, and as much again where there was none. Throws std::length_error.
void grow(cell& container);
/// Room for so many.
void reserve(cell& container, std::size_t count);
std::uint32_t capacity_of(const cell& container);

}  // namespace epicenter::json::detail
