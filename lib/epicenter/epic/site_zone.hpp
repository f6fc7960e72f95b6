// The time zone of a site, as a rule that needs no files of the machine.
#pragma once

#include <epicenter/base/result.hpp>
#include <epicenter/base/time.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace epicenter::epic {

/// Standard time, and daylight saving time by the same rule every year.
class site_zone {
 public:
  /// UTC.
  site_zone() = default;
  /// "UTC", "+02:00", "-06:00", or POSIX's form with the M rule (IEEE 1003.1, section 8.3 TZ):
  /// "CST6CDT,M3.2.0,M11.1.0". errc::invalid_argument.
  static result<site_zone> parse(std::string_view);

  /// Local time minus UTC at that moment.
  duration offset_at(wall_time) const;
  /// The moment at which the site's clock shows that date and time; the first where it shows it twice. A time
  /// that the clock skips is taken by the clock before the gap.
  wall_time from_local(wall_time shown) const;
  /// The next midnight after the moment, on the site's clock.
  wall_time next_midnight(wall_time) const;

 private:
  struct change {
    unsigned month = 1;                  // 1 to 12
    unsigned week = 1;                   // 1 to 5; 5 is the last
    unsigned weekday = 0;                // 0 is Sunday
    duration at{std::chrono::hours(2)};  // on the clock before the change
  };
  struct daylight {
    duration offset{};
    change begins;
    change ends;
  };
  friend class zone_reader;
  static wall_time moment_of(const change&, std::chrono::year, duration standing);

  duration standard_{};
  std::optional<daylight> summer_;
};

}  // namespace epicenter::epic
