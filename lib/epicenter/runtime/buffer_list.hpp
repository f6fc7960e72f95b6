// A short, copyable list of buffers: what a stream operation keeps while it is outstanding.
#pragma once

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <span>

namespace epicenter::runtime {

/// At most 16 buffers (more are left out: «some» operations may always do less). Models the buffer sequence
/// of its Buffer, so that Asio takes it.
template <class Buffer>
class buffer_list {
 public:
  static constexpr std::size_t max_size = 16;
  using value_type = Buffer;
  using const_iterator = const Buffer*;

  buffer_list() = default;
  explicit buffer_list(std::span<const Buffer> buffers) {
    for (const Buffer& one : buffers) {
      if (!add(one)) break;
    }
  }
  template <class Sequence>
  static buffer_list from(const Sequence& buffers) {
    buffer_list list;
    const auto end = boost::asio::buffer_sequence_end(buffers);
    for (auto one = boost::asio::buffer_sequence_begin(buffers); one != end; ++one) {
      if (!list.add(Buffer(*one))) break;
    }
    return list;
  }

  const_iterator begin() const { return buffers_.data(); }
  const_iterator end() const { return buffers_.data() + count_; }
  std::span<const Buffer> span() const { return {buffers_.data(), count_}; }
  /// Bytes in all buffers together.
  std::size_t bytes() const {
    std::size_t sum = 0;
    for (const Buffer& one : span()) sum += one.size();
    return sum;
  }

 private:
  bool add(const Buffer& one) {
    if (one.size() == 0) return true;
    if (count_ == max_size) return false;
    buffers_[count_++] = one;
    return true;
  }

  std::array<Buffer, max_size> buffers_;
  std::size_t count_ = 0;
};

}  // namespace epicenter::runtime
