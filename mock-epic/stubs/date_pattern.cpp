#include "mock-epic/stubs/date_text.hpp"
#include "mock-epic/stubs/pattern_makers.hpp"

namespace epicenter::mock::stubs {
namespace {

/// A moment that is fixed, or relative to that of the request: "now", "now -5 days", or an offset of its own.
struct expected_moment {
  std::optional<wall_time> fixed;
  std::string offset;  // after "now"
  std::int64_t amount = 0;
  std::string unit;
  std::string truncate;
  bool truncate_last = false;

  std::optional<wall_time> at(wall_time now) const {
    std::optional<wall_time> made = fixed ? fixed : now;
    const auto cut = [this](std::optional<wall_time> t) {
      return t && !truncate.empty() ? truncate_date(*t, truncate) : t;
    };
    if (!truncate_last) made = cut(made);
    if (made && !offset.empty()) made = add_offset(*made, offset);
    if (made && amount != 0) made = add_offset(*made, amount, unit);
    return truncate_last ? cut(made) : made;
  }
};

class date_comparison final : public pattern {
 public:
  date_comparison(std::string_view op, expected_moment expected, std::string format, std::string truncate)
      : expected_(std::move(expected)),
        format_(std::move(format)),
        truncate_(std::move(truncate)),
        sign_(op == "before"  ? -1
              : op == "after" ? 1
                              : 0) {}

  bool matches(subject value, wall_time now) const override {
    if (!value) return false;
    auto actual = format_.empty() ? parse_date_text(*value) : parse_date_by(*value, format_);
    if (actual && !truncate_.empty()) actual = truncate_date(*actual, truncate_);
    const auto expected = expected_.at(now);
    if (!actual || !expected) return false;
    if (sign_ == 0) return *actual == *expected;
    return sign_ < 0 ? *actual < *expected : *actual > *expected;
  }

 private:
  expected_moment expected_;
  std::string format_;
  std::string truncate_;
  int sign_;
};

bool read_expected(object_reader& reader, std::string_view op, const std::string& text,
                   expected_moment& into) {
  if (text == "now") return true;
  if (text.starts_with("now ") || text.starts_with("now+") || text.starts_with("now-")) {
    into.offset = text.substr(3);
    if (add_offset(wall_time{}, into.offset)) return true;
  } else {
    into.fixed = parse_date_text(text);
    if (into.fixed) return true;
  }
  reader.refuse(op, "a date, a date and time, or «now +2 days» is needed here");
  return false;
}

/// The name of a truncation, or empty; refuses unknown ones.
std::string read_truncation(object_reader& reader, std::string_view key) {
  std::string how = reader.text(key).value_or("");
  if (!how.empty() && !truncate_date(wall_time{}, how)) reader.refuse(key, "no such truncation");
  return how;
}

}  // namespace

pattern_ptr make_date_pattern(object_reader& reader, std::string_view op, std::size_t) {
  const auto text = reader.text(op);
  if (!text) {
    reader.refuse(op, "a date is needed here");
    return nullptr;
  }
  expected_moment expected;
  if (!read_expected(reader, op, *text, expected)) return nullptr;
  std::string format = reader.text("actualFormat").value_or("");
  expected.truncate = read_truncation(reader, "truncateExpected");
  std::string truncate_actual = read_truncation(reader, "truncateActual");
  expected.truncate_last = reader.flag("applyTruncationLast").value_or(false);
  expected.amount = reader.integer("expectedOffset", -100'000, 100'000).value_or(0);
  expected.unit = reader.text("expectedOffsetUnit").value_or("days");
  if (expected.amount != 0 && !add_offset(wall_time{}, 1, expected.unit))
    reader.refuse("expectedOffsetUnit", "seconds, minutes, hours, days, months or years");
  if (reader.failed()) return nullptr;
  return std::make_shared<date_comparison>(op, std::move(expected), std::move(format),
                                           std::move(truncate_actual));
}

}  // namespace epicenter::mock::stubs
