#include <epicenter/json/slab_writer.hpp>
#include <new>

namespace epicenter::json::detail {
namespace {

constexpr std::size_t smallest = 512;
constexpr std::size_t large_block = slab_bytes_max / 8;

slab* make_slab(std::size_t bytes) {
  return ::new (::operator new(bytes)) slab{};
}

void free_all(slab* newest) noexcept {
  while (newest != nullptr) {
    slab* const older = newest->older;
    newest->~slab();
    ::operator delete(newest);
    newest = older;
  }
}

}  // namespace

slab_writer::~slab_writer() {
  free_all(newest_);
  free_all(single_);
}

void* slab_writer::take_elsewhere(std::size_t bytes, std::uint32_t capacity) {
  // The rest of the newest slab stays in use, and the large block's end does not wait for the others.
  if (bytes >= large_block) {
    slab* const alone = make_slab(sizeof(slab) + bytes);
    alone->older = single_;
    single_ = alone;
    return begin_block(reinterpret_cast<char*>(alone + 1), capacity, sizeof(slab));
  }
  expected_ += left_;  // was expected there, and stays empty
  constexpr std::size_t room_max = slab_bytes_max - sizeof(slab);
  const std::size_t wanted =
      std::clamp(expected_, std::min(std::max({smallest, bytes, made_ / 4}), room_max), room_max);
  slab* const made = make_slab(sizeof(slab) + wanted);
  end_slab();
  expected_ -= std::min(expected_, wanted);
  made_ += wanted;
  made->older = newest_;
  newest_ = made;
  next_ = reinterpret_cast<char*>(made + 1);
  left_ = wanted;
  return take(bytes - sizeof(block_header), capacity);
}

void slab_writer::end_slab() noexcept {
  if (newest_ != nullptr) newest_->blocks.store(blocks_, std::memory_order_relaxed);
  blocks_ = 0;
}

// Who gets the document on another thread gets it by means that order memory.
void slab_writer::publish() noexcept {
  end_slab();
  newest_ = nullptr;
  left_ = 0;
  for (; single_ != nullptr; single_ = single_->older) single_->blocks.store(1, std::memory_order_relaxed);
}

}  // namespace epicenter::json::detail
