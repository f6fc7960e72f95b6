#include "reports/run_record.hpp"

#include <epicenter/base/units.hpp>

namespace epicenter::reports {
namespace {

/// A number of millionths with at most `digits` decimals, rounded down, without trailing zeros: 1180000 is
/// "1.18".
std::string decimal(std::int64_t millionths, int digits) {
  std::string text = millionths < 0 ? "-" : "";
  const auto magnitude = millionths < 0 ? -millionths : millionths;
  text += std::to_string(magnitude / 1'000'000);
  std::string fraction =
      std::to_string(1'000'000 + magnitude % 1'000'000).substr(1, static_cast<std::size_t>(digits));
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  return fraction.empty() ? text : text + "." + fraction;
}

/// Four significant places are enough to read: 1.234s, 412.3ms, 87us.
std::string time_text(std::int64_t ns) {
  if (ns >= 60'000'000'000) return format_duration(duration(ns / 1'000'000'000 * 1'000'000'000));
  if (ns >= 1'000'000'000) return decimal(ns / 1'000, 3) + "s";
  if (ns >= 1'000'000) return decimal(ns, 1) + "ms";
  if (ns >= 1'000) return std::to_string(ns / 1'000) + "us";
  return std::to_string(ns) + "ns";
}

}  // namespace

std::string_view name_of(status s) {
  switch (s) {
    case status::passed:
      return "passed";
    case status::warning:
      return "warning";
    case status::inconclusive:
      return "inconclusive";
    case status::failed:
      return "failed";
  }
  return "failed";
}

std::string place::text() const {
  if (line == 0) return file;
  return file + ":" + std::to_string(line) + (column > 0 ? ":" + std::to_string(column) : "");
}

std::string figure::shown() const {
  if (unit == reports::unit::state) return state.empty() ? "-" : state;
  if (!value) return "-";
  switch (unit) {
    case reports::unit::ppm:
      return decimal(*value * 100, 2) + "%";
    case reports::unit::nanoseconds:
      return time_text(*value);
    case reports::unit::millionths:
      return decimal(*value, 3);
    case reports::unit::count:
    case reports::unit::state:
      break;
  }
  return std::to_string(*value);
}

}  // namespace epicenter::reports
