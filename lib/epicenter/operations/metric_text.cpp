#include <fmt/core.h>

#include <epicenter/json/utf8.hpp>
#include <epicenter/operations/metric_text.hpp>

namespace epicenter::operations {
namespace {

std::string_view name_of(metric_type type) {
  switch (type) {
    case metric_type::counter:
      return "counter";
    case metric_type::gauge:
      return "gauge";
    case metric_type::histogram:
      break;
  }
  return "histogram";
}

// Inside quotes a quote is escaped too; help has no quotes around it. Bytes that are no UTF-8 become U+FFFD.
std::string escaped(std::string_view text, bool quoted) {
  std::string made;
  made.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = json::utf8_length(text, at);
    const char c = text[at];
    if (length == 0) {
      made += "\xEF\xBF\xBD";
    } else if (c == '\\') {
      made += "\\\\";
    } else if (c == '\n') {
      made += "\\n";
    } else if (c == '"' && quoted) {
      made += "\\\"";
    } else {
      made += text.substr(at, length);
    }
    at += length == 0 ? 1 : length;
  }
  return made;
}

std::string seconds(duration d) {
  return fmt::format("{}", std::chrono::duration<double>(d).count());
}

double sum_of(const stats::histogram& values) {
  constexpr double two_to_64 = 18446744073709551616.0;
  const double ns =
      static_cast<double>(values.sum_high()) * two_to_64 + static_cast<double>(values.sum_low());
  return ns / 1e9;
}

}  // namespace

void metric_text::family(std::string_view name, metric_type type, std::string_view help) {
  name_ = name;
  text_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, escaped(help, false), name, name_of(type));
}

void metric_text::sample(const metric_labels& labels, std::uint64_t value) {
  line("", labels, fmt::format("{}", value));
}

void metric_text::sample(const metric_labels& labels, double value) {
  line("", labels, fmt::format("{}", value));
}

void metric_text::sample(const metric_labels& labels, const stats::histogram& values,
                         std::span<const duration> bounds) {
  metric_labels with_bound = labels;
  with_bound.emplace_back("le", "");
  for (const duration bound : bounds) {
    with_bound.back().second = seconds(bound);
    line("_bucket", with_bound, fmt::format("{}", values.count_at_most(bound.count())));
  }
  with_bound.back().second = "+Inf";
  line("_bucket", with_bound, fmt::format("{}", values.count()));
  line("_sum", labels, fmt::format("{}", sum_of(values)));
  line("_count", labels, fmt::format("{}", values.count()));
}

void metric_text::line(std::string_view suffix, const metric_labels& labels, std::string_view value) {
  text_ += name_;
  text_ += suffix;
  char before = '{';
  for (const auto& [name, content] : labels) {
    text_ += before;
    text_ += fmt::format("{}=\"{}\"", name, escaped(content, true));
    before = ',';
  }
  if (!labels.empty()) text_ += '}';
  text_ += fmt::format(" {}\n", value);
}

}  // namespace epicenter::operations
