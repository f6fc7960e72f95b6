#include <fmt/core.h>

#include <epicenter/json/write.hpp>

#include "harness/cli/proxy_verbs/verbs.hpp"

namespace epicenter::cli {
namespace {

constexpr std::string_view aliases[] = {"c", "new"};

constexpr verb_option options[] = {
    {"listen", "l", "HOST:PORT", "Where clients connect; port 0: a free one"},
    {"upstream", "u", "HOST:PORT", "Where it relays to"},
};

runtime::task<result<>> run_create(control_client& api, const arguments& args) {
  const auto name = proxy_name(args);
  if (!name) co_return fail(name.error());
  for (const auto* needed : {"listen", "upstream"}) {
    if (args.get(std::string("--") + needed).empty())
      co_return fail(verb_errc::wrong, fmt::format("Required argument '{}' was empty.", needed));
  }
  const json::object wanted{{"name", *name},
                            {"listen", args.get("--listen")},
                            {"upstream", args.get("--upstream")},
                            {"enabled", true}};
  auto creating = api.call("POST", "/proxies", json::write(wanted));
  const auto made = co_await std::move(creating);
  if (!made) co_return fail(verb_errc::wrong, "Failed to create proxy: " + made.error().detail());
  fmt::print("Created new proxy {}\n", *name);
  co_return result<>{};
}

}  // namespace

constinit const verb create_verb{
    .name = "create",
    .aliases = aliases,
    .positional = "NAME",
    .summary = "Creates a proxy",
    .options = options,
    .run = run_create,
};

}  // namespace epicenter::cli
