// Memory that is used again by the next object of its type.
#pragma once

#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace epicenter::epic {

/// What a call keeps is larger than what Asio keeps of ended coroutines (1,020 bytes), and than the sizes
/// that malloc is quick with. Outlives its objects; used on one thread.
template <class T>
class spare_blocks {
  struct freed {
    void operator()(void* bytes) const { ::operator delete(bytes); }
  };
  using block = std::unique_ptr<void, freed>;

 public:
  static constexpr std::size_t most_kept = 64;

  class object {
   public:
    explicit object(spare_blocks& from) : from_(from), bytes_(from.take()), made_(new(bytes_.get()) T()) {
      static_assert(alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
    }
    ~object() {
      std::destroy_at(made_);
      from_.give(std::move(bytes_));
    }
    object(const object&) = delete;
    object& operator=(const object&) = delete;
    T& operator*() const { return *made_; }

   private:
    spare_blocks& from_;
    block bytes_;
    T* made_;
  };

 private:
  block take() {
    if (free_.empty()) return block(::operator new(sizeof(T)));
    block last = std::move(free_.back());
    free_.pop_back();
    return last;
  }
  // Room for them all is made before the first: a destructor gives back.
  void give(block bytes) {
    if (free_.size() < free_.capacity()) free_.push_back(std::move(bytes));
  }

  std::vector<block> free_ = [] {
    std::vector<block> made;
    made.reserve(most_kept);
    return made;
  }();
};

}  // namespace epicenter::epic
