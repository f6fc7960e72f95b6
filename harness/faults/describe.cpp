// Parameters back to what people write: for plans.
#include <epicenter/base/units.hpp>
#include <epicenter/json/write.hpp>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults {
namespace {

std::string time_at(const json::value& v, std::string_view key) {
  const auto* member = v.find(key);
  const auto ns = member != nullptr ? member->to_int64() : result<std::int64_t>(0);
  return format_duration(duration(ns.value_or(0)));
}

std::string samples_text(const json::value& v) {
  const auto* found = v.find("values");
  const auto* values = found != nullptr ? found->if_array() : nullptr;
  if (values == nullptr || values->empty()) return "no samples";
  const auto at = [&](std::size_t i) {
    return format_duration(duration((*values)[i].to_int64().value_or(0)));
  };
  const auto count = values->size();
  return std::to_string(count) + (count == 1 ? " sample " : " samples ") + at(0) + ".." + at(count - 1) +
         ", median " + at((count - 1) / 2);
}

std::string delay_text(const json::value& v) {
  const auto kind = v.string_at("kind");
  if (kind == "uniform") {
    const auto from = time_at(v, "from");
    const auto to = time_at(v, "to");
    return from == to ? from : from + ".." + to;
  }
  if (kind == "lognormal") return "median " + time_at(v, "median") + ", p99 " + time_at(v, "p99");
  if (kind == "pareto")
    return "scale " + time_at(v, "scale") + ", shape " + std::string(v.string_at("shape"));
  if (kind == "empirical") return samples_text(v);
  return "mean " + time_at(v, "mean") + ", deviation " + time_at(v, "deviation");
}

std::string value_text(const parameter& p, const json::value& v) {
  switch (p.kind) {
    case parameter_kind::span_of_time:
      return format_duration(duration(v.to_int64().value_or(0)));
    case parameter_kind::delay:
      return delay_text(v);
    case parameter_kind::retry_after:
      return time_at(v, "after") + " as " + std::string(v.string_at("form"));
    case parameter_kind::choice:
    case parameter_kind::text:
    case parameter_kind::share:
      return v.if_string() != nullptr ? std::string(*v.if_string()) : json::write(v);
    case parameter_kind::size:
      return json::write(v) + " B";
    case parameter_kind::size_rate:
      return json::write(v) + " B/s";
    case parameter_kind::call_rate: {
      const auto* events = v.find("events");
      return (events != nullptr ? json::write(*events) : "") + " in " + time_at(v, "period");
    }
    case parameter_kind::boolean:
    case parameter_kind::integer:
    case parameter_kind::status_list:
      break;
  }
  return json::write(v);
}

}  // namespace

std::string describe(const fault_type& type, const json::object& canonical) {
  std::string text;
  for (const auto& [name, value] : canonical) {
    const auto* p = type.find(name);
    text += text.empty() ? "" : ", ";
    text += std::string(name) + " " + (p != nullptr ? value_text(*p, value) : json::write(value));
  }
  return text;
}

}  // namespace epicenter::faults
