// Durations, sizes, rates and shares as people write them: 500ms, 1m30s, 64kB/s, 50/s, 600/m, 30%.
#pragma once

#include <cstdint>
#include <epicenter/base/result.hpp>
#include <epicenter/base/time.hpp>
#include <string>
#include <string_view>

namespace epicenter {

enum class units_errc {
  missing_unit = 1,  ///< a bare number where a unit is needed
  unknown_unit,      ///< a unit that is not of this kind
  malformed,         ///< not a number at all
  out_of_range,      ///< does not fit, or is negative
  percent_or_share,  ///< 30: 30% or 0.3?
};
std::error_code make_error_code(units_errc);

/// A number of events per period, kept as written so that 600/m is not rounded: events * 1s / period.
struct rate {
  std::int64_t events = 0;
  duration period = 1s;
  double per_second() const {
    return static_cast<double>(events) * 1e9 / static_cast<double>(period.count());
  }
  friend bool operator==(const rate&, const rate&) = default;
};

/// A share in parts per million, exact for what people write: 99% is 990000, 0.3 is 300000.
struct share {
  std::int64_t ppm = 0;
  double fraction() const { return static_cast<double>(ppm) / 1e6; }
  friend auto operator<=>(const share&, const share&) = default;
};

/// "250ms", "1.5s", "1m30s", "2h", "0". Units: ns us ms s m h. Never negative. A bare number other than 0 is
/// an error.
result<duration> parse_duration(std::string_view text);
/// "64kB", "1MiB", "512B": bytes. kB, MB, GB are powers of 1000; KiB, MiB, GiB of 1024.
result<std::uint64_t> parse_size(std::string_view text);
/// "50/s", "600/m", "10/h".
result<rate> parse_rate(std::string_view text);
/// "0.3", "30%", "99.5%": at most 1 resp. 100%. "30" is an error that asks «30% or 0.3?».
result<share> parse_share(std::string_view text);

/// The shortest text that parse_duration reads back to the same value: 1m30s, 1.5s, 500ms.
std::string format_duration(duration);
/// "50/s", "600/m".
std::string format_rate(const rate&);
/// "99%", "99.5%".
std::string format_share(share);

}  // namespace epicenter

template <>
struct std::is_error_code_enum<epicenter::units_errc> : std::true_type {};
