#include "lib/epicenter/json/tests/allocations.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> made{0};
std::atomic<std::size_t> given_back{0};

void give_back(void* at) noexcept {
  if (at == nullptr) return;
  ++given_back;
  std::free(at);
}

}  // namespace

void* operator new(std::size_t bytes) {
  void* const at = std::malloc(bytes == 0 ? 1 : bytes);
  if (at == nullptr) throw std::bad_alloc();
  ++made;
  return at;
}
void operator delete(void* at) noexcept {
  give_back(at);
}
void operator delete(void* at, std::size_t) noexcept {
  give_back(at);
}

namespace epicenter::json::test {

std::size_t live_allocations() {
  return made - given_back;
}
std::size_t allocations() {
  return made;
}

}  // namespace epicenter::json::test
