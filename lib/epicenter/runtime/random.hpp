// Random numbers that are the same on every machine, compiler and standard library.
#pragma once

#include <array>
#include <cstdint>
#include <epicenter/base/time.hpp>
#include <string_view>

namespace epicenter::runtime {

/// The seed of a named stream under a root seed (splitmix64 over both): a new draw in one stream shifts no
/// other.
std::uint64_t derive_seed(std::uint64_t root, std::string_view name);
/// The seed of the n-th of a series under a root seed.
std::uint64_t derive_seed(std::uint64_t root, std::uint64_t number);

/// xoshiro256++ (Blackman, Vigna 2019) with the project's own distributions: those of <random> differ between
/// implementations. A value type; copying forks the sequence.
class random_stream {
 public:
  explicit random_stream(std::uint64_t seed);

  std::uint64_t next();
  /// Uniform in [0, bound), unbiased; 0 where bound is 0.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [low, high], both included.
  std::int64_t between(std::int64_t low, std::int64_t high);
  duration between(duration low, duration high);
  /// Uniform in [0, 1) with 53 bits.
  double uniform();
  /// True in ppm of a million cases, decided in integers.
  bool chance_ppm(std::int64_t ppm);
  /// Exponential with the mean, rounded to nanoseconds: the gaps of Poisson arrivals.
  duration exponential(duration mean);
  /// Normal, cut at 0, rounded to nanoseconds.
  duration normal(duration mean, duration deviation);
  /// Log-normal by its median and 99th percentile, rounded to nanoseconds. p99 must be at least the median.
  duration log_normal(duration median, duration p99);
  /// Pareto: never below the scale, and beyond x times the scale in x^-shape of all cases; rounded to
  /// nanoseconds. The shape must be above 0; up to 1 there is no mean.
  duration pareto(duration scale, double shape);

 private:
  double standard_normal();
  std::array<std::uint64_t, 4> state_;
};

}  // namespace epicenter::runtime
