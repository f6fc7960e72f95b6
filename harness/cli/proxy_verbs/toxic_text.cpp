#include "harness/cli/proxy_verbs/toxic_text.hpp"

#include <fmt/core.h>

#include <charconv>
#include <cmath>

#include "harness/cli/proxy_verbs/verb.hpp"

namespace epicenter::cli {
namespace {

bool read_number(const std::string& text, double& into) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), into);
  return !text.empty() && failed == std::errc() && end == text.data() + text.size() && std::isfinite(into);
}

/// 100 and 100.0 are the integer that attributes want; what is no number is left for the server to refuse.
json::value attribute_value(const std::string& text) {
  double number = 0;
  if (!read_number(text, number)) return text;
  constexpr double exact = 9007199254740992.0;  // beyond 2^53 the digits given are kept
  if (number == std::floor(number) && std::fabs(number) < exact) return static_cast<std::int64_t>(number);
  return json::number{text};
}

}  // namespace

std::string attributes_text(const json::value& toxic, std::string_view separator) {
  std::map<std::string, std::string> sorted;
  const auto* given = toxic.find("attributes");
  const auto* members = given == nullptr ? nullptr : given->if_object();
  if (members == nullptr) return {};
  for (const auto& [name, v] : *members) {
    const auto number = v.if_number();
    sorted[name] = number == nullptr ? "?" : number->text;
  }
  std::string text;
  for (const auto& [name, v] : sorted) text += fmt::format("{}{}={}", separator, name, v);
  return text;
}

std::string toxicity_text(const json::value& toxic) {
  const auto* given = toxic.find("toxicity");
  const auto number = given == nullptr ? result<double>(1.0) : given->to_double();
  return number ? fmt::format("{:.2f}", *number) : "?";
}

result<json::object> toxic_changes(const arguments& args) {
  json::object attributes;
  for (const auto& pair : args.all("--attribute")) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0)
      return fail(verb_errc::wrong, fmt::format("'{}' is not an attribute: write key=value", pair));
    attributes.set(pair.substr(0, equals), attribute_value(pair.substr(equals + 1)));
  }
  json::object changes{{"attributes", std::move(attributes)}};
  if (args.has("--toxicity")) {
    double toxicity = 0;
    if (!read_number(args.get("--toxicity"), toxicity) || toxicity < 0 || toxicity > 1)
      return fail(verb_errc::wrong, "toxicity should be a float between 0 and 1.");
    changes.set("toxicity", toxicity);
  }
  return changes;
}

}  // namespace epicenter::cli
