#include <algorithm>
#include <epicenter/json/document_builder.hpp>
#include <memory>
#include <vector>

namespace epicenter::json::detail {
namespace {

constexpr std::size_t compared_pairwise = 16;

// FHIR takes 1.5 to 2.1 times its text (measured). A little too much costs less than another slab.
std::size_t expected_blocks(std::size_t text_bytes) {
  return text_bytes * 17 / 8;
}

}  // namespace

document_builder::document_builder(std::size_t text_bytes) : blocks_(expected_blocks(text_bytes)) {}

document_builder::~document_builder() {
  if (bottom_ != reinterpret_cast<cell*>(usual_)) ::operator delete(bottom_);
}

void document_builder::end(kind what, std::size_t begin, std::size_t size) {
  const std::size_t bytes = (height() - begin) * sizeof(cell);
  void* content = nullptr;
  if (bytes != 0) {
    content = blocks_.take(bytes, static_cast<std::uint32_t>(size));
    std::memcpy(content, static_cast<const void*>(bottom_ + begin), bytes);
  }
  top_ = bottom_ + begin;
  push({what, 0, 0, static_cast<std::uint32_t>(size), content});
}

// Small objects are compared pair by pair; large ones are sorted, so that a hostile document costs n log n.
bool document_builder::has_duplicate(const cell* first_key) const {
  const auto count = static_cast<std::size_t>(top_ - first_key) / 2;
  if (count <= compared_pairwise) {
    for (const cell* a = first_key; a != top_; a += 2) {
      for (const cell* b = first_key; b != a; b += 2)
        if (same_text(*a, *b)) return true;
    }
    return false;
  }
  std::vector<std::string_view> sorted;
  sorted.reserve(count);
  for (const cell* a = first_key; a != top_; a += 2) sorted.push_back(text_of(*a));
  std::sort(sorted.begin(), sorted.end());
  return std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
}

void document_builder::grow() {
  const std::size_t used = height();
  auto* const larger = static_cast<cell*>(::operator new(2 * used * sizeof(cell)));
  std::memcpy(static_cast<void*>(larger), bottom_, used * sizeof(cell));
  if (bottom_ != reinterpret_cast<cell*>(usual_)) ::operator delete(bottom_);
  bottom_ = larger;
  top_ = larger + used;
  limit_ = larger + 2 * used;
}

value document_builder::finish() {
  blocks_.publish();
  return value(value::plain{*--top_});
}

}  // namespace epicenter::json::detail
