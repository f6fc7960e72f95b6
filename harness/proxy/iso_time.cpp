#include "harness/proxy/iso_time.hpp"

#include <fmt/chrono.h>

namespace epicenter::proxy {

std::string iso_time(wall_time t) {
  const auto us = std::chrono::floor<std::chrono::microseconds>(t);
  const auto s = std::chrono::floor<std::chrono::seconds>(us);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", fmt::gmtime(s.time_since_epoch().count()),
                     (us - s).count());
}

}  // namespace epicenter::proxy
