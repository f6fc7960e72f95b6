#include <epicenter/resilience/random_source.hpp>

namespace epicenter::resilience {

duration uniform(const random_source& random, duration from, duration to) {
  if (to <= from) return from;
  const auto span = static_cast<std::uint64_t>(to.count()) - static_cast<std::uint64_t>(from.count());
  const std::uint64_t drawn = random();
  const std::uint64_t step = span == ~std::uint64_t{0} ? drawn : drawn % (span + 1);
  return duration(static_cast<std::int64_t>(static_cast<std::uint64_t>(from.count()) + step));
}

}  // namespace epicenter::resilience
