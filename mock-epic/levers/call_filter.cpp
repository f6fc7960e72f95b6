#include "mock-epic/levers/call_filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace epicenter::mock {
namespace {

constexpr std::array<std::string_view, 7> operations{
    "patient-context", "latest-labs", "order-lab", "file-note", "reconcile", "token", "metadata"};
constexpr std::array<std::string_view, 7> methods{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"};

std::string_view operation_on(std::string_view type, bool create) {
  if (type == "ServiceRequest") return create ? "order-lab" : "reconcile";
  if (type == "DocumentReference") return create ? "file-note" : "reconcile";
  if (create) return {};
  if (type == "Observation") return "latest-labs";
  const bool context =
      type == "Patient" || type == "AllergyIntolerance" || type == "Condition" || type == "MedicationRequest";
  return context ? "patient-context" : std::string_view();
}

}  // namespace

std::string_view operation_of(std::string_view method, std::string_view path) {
  const bool post = method == "POST";
  if (post && path.ends_with("/token")) return "token";
  if (!post && method != "GET" && method != "HEAD") return {};
  if (path.ends_with("/metadata") || path.ends_with("/.well-known/smart-configuration")) return "metadata";
  // POST Type/_search reads (hl7.org/fhir/R4/http.html#search); POST Type creates.
  const bool create = post && !path.ends_with("/_search");
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    if (const std::string_view name = operation_on(path.substr(0, slash), create); !name.empty()) return name;
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return {};
}

std::span<const std::string_view> operation_names() {
  return operations;
}

bool glob_matches(std::string_view pattern, std::string_view text, char separator) {
  // Which prefixes of the pattern can have taken in the text so far: going back would be exponential.
  std::vector<bool> now(pattern.size() + 1, false);
  const auto reach = [&](std::vector<bool>& set, std::size_t at) {
    for (; !set[at]; ++at) {
      set[at] = true;
      if (at == pattern.size() || pattern[at] != '*') return;
    }
  };
  const auto crosses = [&](std::size_t star) {
    const bool first_of_two = star + 1 < pattern.size() && pattern[star + 1] == '*';
    const bool second_of_two = star > 0 && pattern[star - 1] == '*';
    return first_of_two || second_of_two;
  };
  reach(now, 0);
  for (const char c : text) {
    const bool is_separator = separator != '\0' && c == separator;
    std::vector<bool> next(pattern.size() + 1, false);
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      if (!now[i]) continue;
      if (pattern[i] == '*') {
        if (!is_separator || crosses(i)) reach(next, i);
      } else if (pattern[i] == '?' ? !is_separator : pattern[i] == c) {
        reach(next, i + 1);
      }
    }
    now.swap(next);
  }
  return now[pattern.size()];
}

result<> check_match(const lever_match& m) {
  const auto bad = [](std::string why) {
    return fail(lever_errc::bad_parameter, "match: " + std::move(why));
  };
  for (const auto& text : {m.operation, m.method, m.path, m.header, m.client})
    if (text && (text->empty() || text->size() > 1024)) return bad("write texts of 1 to 1024 bytes");
  if (m.operation && std::find(operations.begin(), operations.end(), *m.operation) == operations.end())
    return bad(fmt::format("operation is one of {}", fmt::join(operations, ", ")));
  if (m.method && std::find(methods.begin(), methods.end(), *m.method) == methods.end())
    return bad(fmt::format("method is one of {}", fmt::join(methods, ", ")));
  for (const auto& count : {m.first, m.nth, m.every})
    if (count && *count == 0) return bad("first, nth and every count from 1");
  if (m.rate_ppm <= 0 || m.rate_ppm > 1'000'000)
    return fail(lever_errc::bad_parameter, "rate: write a share above 0 such as 30% or 0.3");
  return {};
}

call_filter::call_filter(lever_match m) : match_(std::move(m)) {
  if (!match_.header) return;
  const std::size_t colon = match_.header->find(':');
  header_name_ = match_.header->substr(0, colon);
  if (colon == std::string::npos) return;
  const std::size_t value = match_.header->find_first_not_of(' ', colon + 1);
  header_value_ = value == std::string::npos ? std::string() : match_.header->substr(value);
}

bool call_filter::matches(const http::request& r) const {
  if (match_.operation && *match_.operation != operation_of(r.method, r.path())) return false;
  if (match_.method && *match_.method != r.method) return false;
  if (match_.path && !glob_matches(*match_.path, r.path(), '/')) return false;
  if (match_.header) {
    const std::string* value = r.fields.find(header_name_);
    if (!value || (header_value_ && !glob_matches(*header_value_, *value, '\0'))) return false;
  }
  return !match_.client || r.fields.get("Epic-Client-ID") == *match_.client;
}

call_filter::choice call_filter::choose(const http::request& r, runtime::random_stream& random) {
  if (!matches(r)) return choice::no_match;
  const std::uint64_t n = ++matched_;
  if (match_.first && n > *match_.first) return choice::spared;
  if (match_.nth && n != *match_.nth) return choice::spared;
  if (match_.every && n % *match_.every != 0) return choice::spared;
  if (match_.after && n <= *match_.after) return choice::spared;
  if (match_.rate_ppm < 1'000'000 && !random.chance_ppm(match_.rate_ppm)) return choice::spared;
  return choice::hit;
}

}  // namespace epicenter::mock
