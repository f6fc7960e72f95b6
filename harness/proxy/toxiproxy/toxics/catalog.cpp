#include <algorithm>
#include <array>
#include <cstdint>

#include "harness/proxy/toxiproxy/toxics/types.hpp"

namespace epicenter::proxy::toxiproxy {
namespace {

constexpr std::array catalog{
    &latency_toxic,    &bandwidth_toxic, &slow_close_toxic, &timeout_toxic,
    &reset_peer_toxic, &slicer_toxic,    &limit_data_toxic, &noop_toxic,
};

json::value times(std::int64_t value, std::int64_t unit) {
  const std::int64_t from_zero = std::max<std::int64_t>(value, 0);
  return from_zero > INT64_MAX / unit ? json::value(std::int64_t{INT64_MAX}) : json::value(from_zero * unit);
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
  return times(value, 1'000'000);
}
json::value microseconds(std::int64_t value) {
  return times(value, 1'000);
}
json::value kilobytes(std::int64_t value) {
  return times(value, 1'000);
}
json::value bytes(std::int64_t value) {
  return times(value, 1);
}

}  // namespace epicenter::proxy::toxiproxy
