#include "harness/scenario/model.hpp"

#include <fmt/format.h>

namespace epicenter::scenario {

std::string_view name_of(operation_kind kind) {
  switch (kind) {
    case operation_kind::patient_context:
      return "patient-context";
    case operation_kind::latest_labs:
      return "latest-labs";
    case operation_kind::order_lab:
      return "order-lab";
    case operation_kind::file_note:
      return "file-note";
  }
  return "?";
}

bool is_write(operation_kind kind) {
  return kind == operation_kind::order_lab || kind == operation_kind::file_note;
}

std::string_view name_of(comparison how) {
  switch (how) {
    case comparison::at_most:
      return "at_most";
    case comparison::at_least:
      return "at_least";
    case comparison::above:
      return "above";
    case comparison::below:
      return "below";
  }
  return "?";
}

std::string format_value(metric_unit unit, std::int64_t value) {
  switch (unit) {
    case metric_unit::ppm:
      return format_share(share{value});
    case metric_unit::nanoseconds:
      return format_duration(duration{value});
    case metric_unit::millionths: {
      std::string text = fmt::format("{}.{:06}", value / 1'000'000, value % 1'000'000);
      text.erase(text.find_last_not_of('0') + 1);
      if (text.ends_with('.')) text.pop_back();
      return text;
    }
    case metric_unit::count:
    case metric_unit::state:
      return std::to_string(value);
  }
  return "?";
}

bool fault_match::any() const {
  return operation.empty() && method.empty() && path.empty() && header.empty() && client.empty() &&
         body.empty() && !first && !nth && !every && !after;
}

std::string anchor::text() const {
  switch (kind) {
    case anchor_kind::fault_start:
      return "fault_start";
    case anchor_kind::fault_end:
      return "fault_end";
    case anchor_kind::named_start:
      return fault + ".start";
    case anchor_kind::named_end:
      return fault + ".end";
  }
  return "?";
}

std::string must::text() const {
  std::string out;
  switch (kind) {
    case must_kind::circuit_state:
      out = fmt::format("circuit_state {}", name_of(state));
      break;
    case must_kind::circuit_path: {
      out = "circuit_path";
      for (const path_step& step : path) out += fmt::format(" {}", step.any ? "any" : name_of(step.state));
      break;
    }
    case must_kind::event:
      out = fmt::format("{}event {}", forbidden ? "no " : "", event);
      break;
    case must_kind::metric: {
      out = std::string(name_of(metric));
      for (const bound& limit : bounds)
        out += fmt::format(" {} {}", name_of(limit.how), format_value(facts_of(metric).unit, limit.value));
      break;
    }
  }
  if (!breaker_class.empty()) out += fmt::format(" of class {}", breaker_class);
  if (within) out += fmt::format(" within {}", format_duration(*within));
  if (after) out += fmt::format(" after {}", after->text());
  return out;
}

}  // namespace epicenter::scenario
