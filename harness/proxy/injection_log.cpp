#include "harness/proxy/injection_log.hpp"

#include <algorithm>

namespace epicenter::proxy {

void injection_log::add(injection one) {
  const std::lock_guard lock(guard_);
  one.number = ++last_number_;
  if (ring_.size() == kept) ring_.pop_front();
  ring_.push_back(std::move(one));
}

std::vector<injection> injection_log::latest(std::size_t at_most) const {
  const std::lock_guard lock(guard_);
  const auto count = static_cast<std::ptrdiff_t>(std::min(at_most, ring_.size()));
  return {ring_.end() - count, ring_.end()};
}

}  // namespace epicenter::proxy
