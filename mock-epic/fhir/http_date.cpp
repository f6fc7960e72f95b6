#include "mock-epic/fhir/http_date.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "mock-epic/data/civil.hpp"

namespace epicenter::mock::fhir {
namespace {

namespace chr = std::chrono;

constexpr auto days = std::to_array<std::string_view>({"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"});
constexpr auto months = std::to_array<std::string_view>(
    {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"});

}  // namespace

std::string format_http_date(wall_time at) {
  const auto day = chr::floor<chr::days>(at);
  const chr::year_month_day date(day);
  const chr::hh_mm_ss time(chr::floor<chr::seconds>(at) - chr::sys_seconds(day));
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", days[chr::weekday(day).c_encoding()],
                     static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                     time.seconds().count());
}

std::optional<wall_time> parse_http_date(std::string_view text) {
  // "Mon, 05 Jan 2026 09:30:00 GMT": the date is put into the order that parse_date reads.
  if (text.size() != 29 || !text.ends_with(" GMT")) return std::nullopt;
  const auto month = std::find(months.begin(), months.end(), text.substr(8, 3));
  if (month == months.end()) return std::nullopt;
  const auto range =
      data::parse_date(fmt::format("{}-{:02}-{}T{}Z", text.substr(12, 4), month - months.begin() + 1,
                                   text.substr(5, 2), text.substr(17, 8)));
  if (!range) return std::nullopt;
  return wall_time(chr::seconds(range->begin));
}

}  // namespace epicenter::mock::fhir
