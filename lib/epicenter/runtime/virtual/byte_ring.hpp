// A bounded queue of bytes that grows only as far as it is used.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <vector>

namespace epicenter::runtime {

class byte_ring {
 public:
  explicit byte_ring(std::size_t bound) : bound_(std::max<std::size_t>(bound, 1)) {}

  std::size_t size() const { return size_; }
  std::size_t space() const { return bound_ - size_; }

  /// At most space() bytes.
  void push(const void* bytes, std::size_t count) {
    if (count == 0) return;
    if (size_ + count > memory_.size()) grow(size_ + count);
    const std::size_t tail = (head_ + size_) & (memory_.size() - 1);
    const std::size_t first = std::min(count, memory_.size() - tail);
    std::memcpy(memory_.data() + tail, bytes, first);
    std::memcpy(memory_.data(), static_cast<const char*>(bytes) + first, count - first);
    size_ += count;
  }

  /// At most size() bytes, from the front.
  void pop(void* bytes, std::size_t count) {
    if (count == 0) return;
    const std::size_t first = std::min(count, memory_.size() - head_);
    std::memcpy(bytes, memory_.data() + head_, first);
    std::memcpy(static_cast<char*>(bytes) + first, memory_.data(), count - first);
    drop_front(count);
  }
  void drop_front(std::size_t count) {
    size_ -= count;
    head_ = size_ == 0 ? 0 : (head_ + count) & (memory_.size() - 1);
  }
  void drop_back(std::size_t count) { size_ -= count; }

 private:
  void grow(std::size_t needed) {
    constexpr std::size_t smallest = 512;
    std::vector<char> larger(std::bit_ceil(std::max(needed, smallest)));
    const std::size_t kept = size_;
    pop(larger.data(), kept);
    memory_.swap(larger);
    head_ = 0;
    size_ = kept;
  }

  std::size_t bound_;
  std::vector<char> memory_;  ///< a power of two long
  std::size_t head_ = 0;
  std::size_t size_ = 0;
};

}  // namespace epicenter::runtime
