#include <algorithm>
#include <epicenter/json/slab_writer.hpp>
#include <limits>
#include <new>
#include <stdexcept>

namespace epicenter::json::detail {
namespace {

constexpr std::size_t largest = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t least_grown = 4;

// Blocks that are given back. Those of one slab are subtracted at once: an atomic operation costs as much as
// the rest of freeing a value.
class returned_blocks {
 public:
  returned_blocks() = default;
  ~returned_blocks() { subtract(); }
  returned_blocks(const returned_blocks&) = delete;
  returned_blocks& operator=(const returned_blocks&) = delete;

  void add(void* content) noexcept {
    block_header& header = header_of(content);
    if (header.to_slab == 0) {
      ::operator delete(&header);
      return;
    }
    auto* const from = reinterpret_cast<slab*>(reinterpret_cast<char*>(&header) - header.to_slab);
    if (from != slab_) {
      subtract();
      slab_ = from;
    }
    ++count_;
  }

 private:
  // Who sees all blocks of the slab in its own hands shares it with nobody.
  void subtract() noexcept {
    if (count_ == 0) return;
    const bool last = slab_->blocks.load(std::memory_order_acquire) == count_ ||
                      slab_->blocks.fetch_sub(count_, std::memory_order_acq_rel) == count_;
    count_ = 0;
    if (!last) return;
    slab_->~slab();
    ::operator delete(slab_);
  }

  slab* slab_ = nullptr;
  std::uint32_t count_ = 0;
};

const cell* cells_of(const cell& container) {
  return static_cast<const cell*>(container.content);
}

bool is_container(kind what) {
  return what >= kind::array;
}

// A container's block comes after what it holds: until then its slab is there.
void release_each(const cell* first, std::size_t count, returned_blocks& into) noexcept {
  for (const cell* at = first; at != first + count; ++at) {
    if (!owns_block(at->what) || at->content == nullptr) continue;
    if (is_container(at->what)) release_each(cells_of(*at), cells_in(*at), into);
    into.add(at->content);
  }
}

std::size_t all_block_bytes(const cell& c) {
  if (!owns_block(c.what) || c.size == 0) return 0;
  if (!is_container(c.what)) return block_bytes(c.size);
  std::size_t bytes = block_bytes(cells_in(c) * sizeof(cell));
  for (const cell* at = cells_of(c); at != cells_of(c) + cells_in(c); ++at) bytes += all_block_bytes(*at);
  return bytes;
}

cell copy_into(slab_writer& blocks, const cell& c) {
  if (!owns_block(c.what)) return c;
  if (!is_container(c.what))
    return blocks.text(c.what == kind::long_number ? kind::short_number : kind::short_string, text_of(c));
  if (c.size == 0) return {c.what, 0, 0, 0, nullptr};
  const std::size_t count = cells_in(c);
  auto* const copies = static_cast<cell*>(blocks.take(count * sizeof(cell), c.size));
  for (std::size_t i = 0; i != count; ++i) copies[i] = copy_into(blocks, cells_of(c)[i]);
  return {c.what, 0, 0, c.size, copies};
}

bool are_equal_arrays(const cell& a, const cell& b) {
  return std::equal(cells_of(a), cells_of(a) + a.size, cells_of(b), is_equal);
}

// Two objects are equal whatever the order of their members; the same order is the common case and stays
// linear.
bool are_equal_objects(const cell& a, const cell& b) {
  const auto find = [&b](const cell& key) -> const cell* {
    for (const cell* at = cells_of(b); at != cells_of(b) + cells_in(b); at += 2)
      if (same_text(*at, key)) return at + 1;
    return nullptr;
  };
  for (std::size_t i = 0; i != cells_in(a); i += 2) {
    const cell& key = cells_of(a)[i];
    const cell* const same_place = cells_of(b) + i;
    const cell* const other = same_text(key, *same_place) ? same_place + 1 : find(key);
    if (other == nullptr || !is_equal(cells_of(a)[i + 1], *other)) return false;
  }
  return true;
}

}  // namespace

void* make_block(std::size_t content_bytes, std::uint32_t capacity) {
  auto* const made = ::new (::operator new(block_bytes(content_bytes))) block_header{capacity, 0};
  return made + 1;
}

void free_block(void* content) noexcept {
  returned_blocks one;
  one.add(content);
}

void release(const cell& c) noexcept {
  release(&c, 1);
}

void release(const cell* first, std::size_t count) noexcept {
  returned_blocks all;
  release_each(first, count, all);
}

cell copy_of(const cell& c) {
  if (!owns_block(c.what)) return c;
  if (!is_container(c.what))
    return make_text(c.what == kind::long_number ? kind::short_number : kind::short_string, text_of(c));
  slab_writer blocks(all_block_bytes(c));
  const cell copy = copy_into(blocks, c);
  blocks.publish();
  return copy;
}

bool is_equal(const cell& a, const cell& b) {
  if (a.what != b.what) return false;
  if (a.what <= kind::boolean) return a.small == b.small;
  if (!is_container(a.what)) return same_text(a, b);
  if (a.size != b.size) return false;
  return a.what == kind::array ? are_equal_arrays(a, b) : are_equal_objects(a, b);
}

cell make_text(kind short_form, std::string_view text) {
  if (text.size() <= short_text_max) return short_text(short_form, text);
  if (text.size() > largest) throw std::length_error("a JSON text of 4 GiB");
  void* const content = make_block(text.size(), 0);
  std::memcpy(content, text.data(), text.size());
  return {long_form(short_form), 0, 0, static_cast<std::uint32_t>(text.size()), content};
}

std::uint32_t capacity_of(const cell& container) {
  return container.content == nullptr ? 0 : header_of(container.content).capacity;
}

void grow(cell& container) {
  const std::size_t capacity = capacity_of(container);
  if (container.size < capacity) return;
  if (container.size == largest) throw std::length_error("a JSON array or object of 4 Gi elements");
  reserve(container, std::min(std::max(2 * capacity, least_grown), largest));
}

void reserve(cell& container, std::size_t count) {
  if (count <= capacity_of(container)) return;
  if (count > largest) throw std::length_error("a JSON array or object of 4 Gi elements");
  const std::size_t cells = count * (container.what == kind::object ? 2 : 1);
  void* const content = make_block(cells * sizeof(cell), static_cast<std::uint32_t>(count));
  if (container.content != nullptr) {
    std::memcpy(content, container.content, cells_in(container) * sizeof(cell));
    free_block(container.content);
  }
  container.content = content;
}

}  // namespace epicenter::json::detail
