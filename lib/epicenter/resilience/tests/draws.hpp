// Random numbers for the property tests of this module: small, seeded, the same everywhere (splitmix64).
#pragma once

#include <cstdint>
#include <cstdlib>
#include <epicenter/base/time.hpp>

namespace epicenter::resilience::testing {

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
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  duration upto(duration most) {
    return duration(static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most.count()) + 1)));
  }

 private:
  std::uint64_t state_;
};

inline instant at(duration since_epoch) {
  return instant(since_epoch);
}

/// How many seeds a long walk takes: EPICENTER_SEEDS, else what the build allows.
inline std::uint64_t seeds_to_run(std::uint64_t normally, std::uint64_t sanitized) {
  if (const char* asked = std::getenv("EPICENTER_SEEDS")) return std::strtoull(asked, nullptr, 10);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return normally < sanitized ? normally : sanitized;
#else
  (void)sanitized;
  return normally;
#endif
}

}  // namespace epicenter::resilience::testing
