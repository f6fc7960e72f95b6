// The text format in which Prometheus reads metrics (exposition format, version 0.0.4).
#pragma once

#include <epicenter/stats/histogram.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace epicenter::operations {

/// The Content-Type of what metric_text makes.
inline constexpr std::string_view metric_content_type = "text/plain; version=0.0.4; charset=utf-8";

enum class metric_type { counter, gauge, histogram };

/// Labels of one series, in the order in which they are written.
using metric_labels = std::vector<std::pair<std::string_view, std::string>>;

/// Begin a family, add its series, begin the next. Each family and each series once: that is for the caller.
class metric_text {
 public:
  /// Counters end in _total; units are base units: _seconds, _bytes.
  void family(std::string_view name, metric_type, std::string_view help);
  void sample(const metric_labels&, std::uint64_t value);
  void sample(const metric_labels&, double value);
  /// Latencies in nanoseconds, as seconds. `bounds`: ascending; the last bucket, +Inf, is added.
  void sample(const metric_labels&, const stats::histogram&, std::span<const duration> bounds);

  const std::string& text() const { return text_; }

 private:
  void line(std::string_view suffix, const metric_labels&, std::string_view value);
  std::string name_;
  std::string text_;
};

}  // namespace epicenter::operations
