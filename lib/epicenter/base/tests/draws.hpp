// Random numbers for property tests: small, seeded, the same everywhere (splitmix64).
#pragma once

#include <cstdint>
#include <cstdlib>
#include <epicenter/base/time.hpp>
#include <vector>

namespace epicenter::testkit {

class draws {
 public:
  explicit draws(std::uint64_t seed) : state_(seed) {}
  std::uint64_t operator()() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t n) { return (*this)() % n; }
  unsigned between(unsigned lowest, unsigned highest) {
    return lowest + static_cast<unsigned>(below(highest - lowest + 1));
  }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  duration upto(duration most) {
    return duration(static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most.count()) + 1)));
  }
  template <class T>
  const T& one_of(const std::vector<T>& list) {
    return list[below(list.size())];
  }

 private:
  std::uint64_t state_;
};

/// How many seeds a property is tried with: EPICENTER_SEEDS, else the default.
inline std::uint64_t seeds_or(std::uint64_t usual) {
  const char* asked = std::getenv("EPICENTER_SEEDS");
  return asked == nullptr ? usual : std::strtoull(asked, nullptr, 10);
}
/// The same with a default of its own, where that is fewer, for builds that sanitizers slow down.
inline std::uint64_t seeds_or(std::uint64_t usual, std::uint64_t sanitized) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return seeds_or(usual < sanitized ? usual : sanitized);
#else
  (void)sanitized;
  return seeds_or(usual);
#endif
}

}  // namespace epicenter::testkit
