#include <algorithm>
#include <epicenter/fhir/operation_outcome.hpp>

namespace epicenter::fhir {
namespace {

constexpr std::size_t max_issues = 100;
constexpr std::size_t max_issues_together = 1000;
constexpr std::string_view epic_system_suffix = ".7.2.657369";

// An unknown word is taken for an error: it must not make trouble look harmless.
severity parse_severity(std::string_view text) {
  if (text == "information") return severity::information;
  if (text == "warning") return severity::warning;
  if (text == "fatal") return severity::fatal;
  return severity::error;
}

std::string code_or_nothing(std::string_view text) {
  const bool is_code = text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
                         return (c >= 'a' && c <= 'z') || c == '-';
                       });
  return is_code ? std::string(text) : std::string();
}

bool is_epic_code(std::string_view text) {
  return !text.empty() && text.size() <= 6 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string epic_code_of(const json::value& from) {
  const json::value* const found = from.at_path("details.coding");
  const json::array* const codings = found == nullptr ? nullptr : found->if_array();
  if (codings == nullptr) return {};
  for (const json::value& coding : *codings)
    if (coding.string_at("system").ends_with(epic_system_suffix) && is_epic_code(coding.string_at("code")))
      return std::string(coding.string_at("code"));
  return {};
}

}  // namespace

std::string_view to_string(severity s) {
  switch (s) {
    case severity::information:
      return "information";
    case severity::warning:
      return "warning";
    case severity::error:
      return "error";
    case severity::fatal:
      return "fatal";
  }
  return "error";
}

std::optional<severity> operation_outcome::worst() const {
  const issue* const found = decisive();
  return found == nullptr ? std::nullopt : std::optional(found->severity);
}

const issue* operation_outcome::decisive() const {
  const auto better = [](const issue& a, const issue& b) {
    if (a.severity != b.severity) return a.severity > b.severity;
    return !a.epic_code.empty() && b.epic_code.empty();
  };
  const auto found = std::min_element(issues.begin(), issues.end(), better);
  return found == issues.end() ? nullptr : &*found;
}

bool operation_outcome::has_code(std::string_view code, severity at_least) const {
  return std::any_of(issues.begin(), issues.end(),
                     [&](const issue& i) { return i.code == code && i.severity >= at_least; });
}

bool operation_outcome::has_epic_code(std::string_view code, severity at_least) const {
  return std::any_of(issues.begin(), issues.end(),
                     [&](const issue& i) { return i.epic_code == code && i.severity >= at_least; });
}

void operation_outcome::add(std::optional<operation_outcome> other) {
  if (!other) return;
  const std::size_t count = std::min(other->issues.size(), max_issues_together - issues.size());
  const auto first = other->issues.begin();
  issues.insert(issues.end(), first, first + static_cast<std::ptrdiff_t>(count));
}

std::string operation_outcome::summary() const {
  const issue* const found = decisive();
  if (found == nullptr) return "no issue";
  std::string text(to_string(found->severity));
  for (const std::string& part : {found->code, found->epic_code})
    if (!part.empty()) text += ' ' + part;
  return text;
}

std::optional<operation_outcome> parse_operation_outcome(const json::value& from) {
  if (from.string_at("resourceType") != "OperationOutcome") return std::nullopt;
  operation_outcome outcome;
  const json::value* const found = from.find("issue");
  const json::array* const list = found == nullptr ? nullptr : found->if_array();
  if (list == nullptr) return outcome;
  for (const json::value& one : *list) {
    if (outcome.issues.size() == max_issues) break;
    outcome.issues.push_back({parse_severity(one.string_at("severity")),
                              code_or_nothing(one.string_at("code")), epic_code_of(one)});
  }
  return outcome;
}

}  // namespace epicenter::fhir
