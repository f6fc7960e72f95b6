#include <fmt/core.h>

#include "harness/cli/proxy_verbs/verbs.hpp"

namespace epicenter::cli {
namespace {

constexpr std::string_view aliases[] = {"tog"};

runtime::task<result<>> run_toggle(control_client& api, const arguments& args) {
  const auto name = proxy_name(args);
  if (!name) co_return fail(name.error());
  auto asking = api.call("GET", proxy_path(*name));
  const auto proxy = co_await std::move(asking);
  if (!proxy) {
    co_return fail(verb_errc::wrong,
                   fmt::format("Failed to retrieve proxy {}: {}", *name, proxy.error().detail()));
  }
  const auto* before = proxy->find("enabled");
  const bool enabled = before == nullptr || *before != json::value(true);
  auto changing =
      api.call("POST", proxy_path(*name), enabled ? R"({"enabled":true})" : R"({"enabled":false})");
  const auto changed = co_await std::move(changing);
  if (!changed) {
    co_return fail(verb_errc::wrong,
                   fmt::format("Failed to toggle proxy {}: {}", *name, changed.error().detail()));
  }
  fmt::print("Proxy {} is now {}\n", *name, enabled ? "enabled" : "disabled");
  co_return result<>{};
}

}  // namespace

constinit const verb toggle_verb{
    .name = "toggle",
    .aliases = aliases,
    .positional = "NAME",
    .summary = "Disables an enabled proxy, enables a disabled one",
    .options = {},
    .run = run_toggle,
};

}  // namespace epicenter::cli
