#include <algorithm>
#include <array>
#include <cstdint>
#include <epicenter/base/time.hpp>

#include "harness/proxy/toxiproxy/toxics/types.hpp"

namespace epicenter::proxy::toxiproxy {
namespace {

constexpr std::array catalog{
    &latency_toxic,    &bandwidth_toxic, &slow_close_toxic, &timeout_toxic,
    &reset_peer_toxic, &slicer_toxic,    &limit_data_toxic, &noop_toxic,
};

// What faults take at most.
constexpr std::int64_t longest_wait = duration(168h).count();

json::value times(std::int64_t value, std::int64_t unit, std::int64_t most) {
  return json::value(std::clamp<std::int64_t>(value, 0, most / unit) * unit);
}

}  // namespace

std::span<const toxic_type* const> toxic_types() {
  return catalog;
}

const toxic_type* find_toxic_type(std::string_view name) {
  const auto* const found =
      std::find_if(catalog.begin(), catalog.end(), [name](const toxic_type* t) { return t->name == name; });
  return found == catalog.end() ? nullptr : *found;
}

json::value milliseconds(std::int64_t value) {
  return times(value, 1'000'000, longest_wait);
}
json::value microseconds(std::int64_t value) {
  return times(value, 1'000, longest_wait);
}
json::value kilobytes(std::int64_t value) {
  return times(value, 1'000, largest_size);
}
json::value bytes(std::int64_t value) {
  return times(value, 1, largest_size);
}

}  // namespace epicenter::proxy::toxiproxy
