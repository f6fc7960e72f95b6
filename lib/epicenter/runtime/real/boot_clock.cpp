#include <ctime>
#include <epicenter/base/check.hpp>
#include <epicenter/runtime/real/boot_clock.hpp>

namespace epicenter::runtime {

boot_clock::time_point boot_clock::now() {
  timespec read{};
  EPICENTER_CHECK(::clock_gettime(CLOCK_BOOTTIME, &read) == 0, "Linux has had CLOCK_BOOTTIME since 2.6.39");
  return time_point(std::chrono::seconds(read.tv_sec) + std::chrono::nanoseconds(read.tv_nsec));
}

}  // namespace epicenter::runtime
