#include "harness/cli/proxy_verbs/status_text.hpp"

#include <fmt/core.h>
#include <epicenter/base/units.hpp>

#include "harness/cli/proxy_verbs/table.hpp"
#include "harness/cli/proxy_verbs/toxic_text.hpp"
#include "harness/cli/proxy_verbs/verb.hpp"

namespace epicenter::cli {
namespace {

const json::array none;

const json::array& list_at(const json::value& from, std::string_view key) {
  const auto* found = from.find(key);
  const auto* list = found == nullptr ? nullptr : found->if_array();
  return list == nullptr ? none : *list;
}

std::string number_at(const json::value& from, std::string_view key) {
  const auto* found = from.find(key);
  const auto number = found == nullptr ? nullptr : found->if_number();
  return number == nullptr ? "-" : number->text;
}

/// What is left of a lease; "-" where there is none (or none that anybody would live to see end).
std::string lease_at(const json::value& from, std::string_view key) {
  constexpr std::int64_t for_ever_ms = 10LL * 365 * 24 * 3600 * 1000;
  const auto* found = from.find(key);
  const auto ms = found == nullptr ? result<std::int64_t>(for_ever_ms) : found->to_int64();
  if (!ms || *ms >= for_ever_ms) return "-";
  return format_duration(std::chrono::milliseconds(*ms));
}

std::string faults_text(const json::array& faults) {
  if (faults.empty()) return "no faults\n";
  std::vector<row> rows{{"FAULT", "TYPE", "TOUCHED", "INJECTED", "SKIPPED", "ACTIVE", "LEASE LEFT"}};
  for (const auto& f : faults) {
    rows.push_back({std::string(f.string_at("id")), std::string(f.string_at("type")), number_at(f, "touched"),
                    number_at(f, "injected"), number_at(f, "skipped"), number_at(f, "active"),
                    lease_at(f, "lease_left_ms")});
  }
  return table(rows);
}

std::string toxics_text(const json::object& proxies) {
  std::vector<row> rows{{"PROXY", "TOXIC", "TYPE", "STREAM", "TOXICITY", "LEASE", "ATTRIBUTES"}};
  std::string disabled;
  for (const auto& [name, p] : proxies) {
    const auto* enabled = p.find("enabled");
    if (enabled != nullptr && *enabled == json::value(false))
      disabled += fmt::format("proxy {} is disabled\n", name);
    for (const auto& t : list_at(p, "toxics")) {
      const auto attributes = attributes_text(t, " ");
      rows.push_back({name, std::string(t.string_at("name")), std::string(t.string_at("type")),
                      std::string(t.string_at("stream")), toxicity_text(t), lease_at(t, "lease_ms"),
                      attributes.empty() ? attributes : attributes.substr(1)});
    }
  }
  return (rows.size() == 1 ? "no toxics\n" : table(rows)) + disabled;
}

}  // namespace

runtime::task<result<std::string>> status_text(control_client& api) {
  auto asking = api.call("GET", "/faults");
  const auto faults = co_await std::move(asking);
  // Toxiproxy itself has no such resource: its toxics are all there is.
  const bool only_toxics = !faults && api.was_not_there();
  if (!faults && !only_toxics)
    co_return fail(verb_errc::wrong, "Failed to retrieve faults: " + faults.error().detail());
  auto listing = api.call("GET", "/proxies");
  const auto proxies = co_await std::move(listing);
  if (!proxies) co_return fail(verb_errc::wrong, "Failed to retrieve proxies: " + proxies.error().detail());
  const auto* map = proxies->if_object();
  if (map == nullptr) co_return fail(verb_errc::wrong, "Failed to retrieve proxies: no map of them came");
  std::string text;
  if (!only_toxics) text = faults_text(list_at(*faults, "faults")) + "\n";
  co_return text + toxics_text(*map);
}

}  // namespace epicenter::cli
