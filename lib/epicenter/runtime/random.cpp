#include <bit>
#include <cmath>
#include <epicenter/base/check.hpp>
#include <epicenter/runtime/random.hpp>

namespace epicenter::runtime {
namespace {

std::uint64_t splitmix64(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15U;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

// Nanoseconds of a modelled time: never negative, and never more than a duration holds.
duration nanoseconds_of(double value) {
  constexpr double most = 9.2e18;
  if (!(value > 0)) return duration{0};
  if (value >= most) return duration::max();
  return duration{std::llround(value)};
}

}  // namespace

std::uint64_t derive_seed(std::uint64_t root, std::string_view name) {
  std::uint64_t state = root;
  std::uint64_t mixed = splitmix64(state);
  for (const char c : name) {
    state = mixed ^ static_cast<unsigned char>(c);
    mixed = splitmix64(state);
  }
  state = mixed ^ name.size();
  return splitmix64(state);
}

std::uint64_t derive_seed(std::uint64_t root, std::uint64_t number) {
  std::uint64_t state = root;
  state = splitmix64(state) ^ number;
  return splitmix64(state);
}

random_stream::random_stream(std::uint64_t seed) : state_{} {
  for (std::uint64_t& word : state_) word = splitmix64(seed);
}

std::uint64_t random_stream::next() {
  const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t random_stream::below(std::uint64_t bound) {
  if (bound == 0) return 0;
  // The lowest 2^64 mod bound values would be one too many for some remainders: draw again (never more than
  // once on average, whatever the bound).
  const std::uint64_t surplus = (0 - bound) % bound;
  std::uint64_t drawn = next();
  while (drawn < surplus) drawn = next();
  return drawn % bound;
}

std::int64_t random_stream::between(std::int64_t low, std::int64_t high) {
  EPICENTER_CHECK(low <= high, "a range from low to high");
  const std::uint64_t width = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
  const std::uint64_t drawn = width == 0 ? next() : below(width);
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + drawn);
}

duration random_stream::between(duration low, duration high) {
  return duration{between(low.count(), high.count())};
}

double random_stream::uniform() {
  return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

bool random_stream::chance_ppm(std::int64_t ppm) {
  return static_cast<std::int64_t>(below(1'000'000)) < ppm;
}

duration random_stream::exponential(duration mean) {
  return nanoseconds_of(-std::log1p(-uniform()) * static_cast<double>(mean.count()));
}

duration random_stream::normal(duration mean, duration deviation) {
  return nanoseconds_of(static_cast<double>(mean.count()) +
                        standard_normal() * static_cast<double>(deviation.count()));
}

duration random_stream::log_normal(duration median, duration p99) {
  EPICENTER_CHECK(median > duration{0} && p99 >= median, "a positive median, and a p99 that is not below it");
  constexpr double z99 = 2.3263478740408408;  // the standard normal's 99th percentile
  const double m = static_cast<double>(median.count());
  const double sigma = std::log(static_cast<double>(p99.count()) / m) / z99;
  return nanoseconds_of(m * std::exp(sigma * standard_normal()));
}

duration random_stream::pareto(duration scale, double shape) {
  EPICENTER_CHECK(shape > 0, "a shape above 0");
  return nanoseconds_of(static_cast<double>(scale.count()) * std::exp(-std::log1p(-uniform()) / shape));
}

double random_stream::standard_normal() {
  // Marsaglia's polar method: needs only log and sqrt, and keeps no second value, so that copying forks
  // cleanly.
  for (;;) {
    const double u = 2 * uniform() - 1;
    const double v = 2 * uniform() - 1;
    const double s = u * u + v * v;
    if (s > 0 && s < 1) return u * std::sqrt(-2 * std::log(s) / s);
  }
}

}  // namespace epicenter::runtime
