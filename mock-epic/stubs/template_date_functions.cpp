#include "mock-epic/stubs/date_text.hpp"
#include "mock-epic/stubs/template_function.hpp"

namespace epicenter::mock::stubs {
namespace {

/// A moment under the options offset, format and timezone. Without a format: ISO 8601 in UTC.
helper_result shown(const helper_call& c, wall_time at) {
  if (const auto offset = c.option("offset")) {
    const auto moved = add_offset(at, *offset);
    if (!moved) return tl::unexpected("not an offset: " + *offset);
    at = *moved;
  }
  const auto zone = parse_zone(c.option("timezone").value_or("UTC"));
  if (!zone)
    return tl::unexpected("no such time zone here (UTC, or +01:00): " + c.option("timezone").value_or(""));
  if (const auto truncation = c.option("truncate")) {
    const auto cut = truncate_date(at, *truncation);
    if (!cut) return tl::unexpected("no such truncation: " + *truncation);
    at = *cut;
  }
  const auto format = c.option("format");
  if (!format) return format_iso(at);
  auto text = format_date_by(at, *format, *zone);
  if (!text) return tl::unexpected("not a date format: " + *format);
  return std::move(*text);
}

helper_result now(const helper_call& c) {
  return shown(c, c.world.request->origin().at);
}

/// A moment travels between helpers as ISO 8601 with milliseconds.
helper_result parse_date(const helper_call& c) {
  const auto format = c.option("format");
  const std::string text = c.text(0);
  const auto at = format ? parse_date_by(text, *format) : parse_date_text(text);
  if (!at) return tl::unexpected("not a date: " + text);
  return format_iso_millis(*at);
}

helper_result date(const helper_call& c) {
  if (c.at(0).is_null()) return shown(c, c.world.request->origin().at);
  const std::string text = c.text(0);
  const auto at = parse_date_text(text);
  if (!at) return tl::unexpected("not a date: " + text);
  return shown(c, *at);
}

helper_result truncate(const helper_call& c) {
  const auto at = parse_date_text(c.text(0));
  const auto cut = at ? truncate_date(*at, c.text(1)) : std::nullopt;
  if (!cut) return tl::unexpected(std::string("truncateDate takes a date and a truncation"));
  return format_iso_millis(*cut);
}

}  // namespace

const std::vector<helper>& date_helpers() {
  static const std::vector<helper> all_of_them{{"now", now},
                                               {"date", date},
                                               {"dateFormat", date},
                                               {"parseDate", parse_date},
                                               {"truncateDate", truncate}};
  return all_of_them;
}

}  // namespace epicenter::mock::stubs
