#include <fmt/core.h>

#include <epicenter/json/write.hpp>

#include "harness/cli/proxy_verbs/toxic_text.hpp"
#include "harness/cli/proxy_verbs/verbs.hpp"

namespace epicenter::cli {
namespace {

constexpr std::string_view aliases[] = {"u"};

constexpr verb_option options[] = {
    {"toxicName", "n", "NAME", "The toxic"},
    {"toxicity", "tox", "SHARE", "Share of the connections that it hits, 0 to 1 (default: as it is)"},
    {"attribute", "a", "KEY=VALUE", "An attribute to change; repeatable", true},
};

/// Without --toxicity the share stays as it is: toxiproxy-cli would set it to 1.
runtime::task<result<>> run_update(control_client& api, const arguments& args) {
  if (args.positional().empty()) co_return fail(verb_errc::wrong, "Proxy name is missing.");
  const std::string proxy = args.positional().front();
  const std::string toxic = args.get("--toxicName");
  if (toxic.empty()) co_return fail(verb_errc::wrong, "Required argument 'toxicName' was empty.");
  const auto wanted = toxic_changes(args);
  if (!wanted) co_return fail(wanted.error());
  const auto path = proxy_path(proxy, "/toxics/" + http::percent_encode(toxic));
  auto updating = api.call("POST", path, json::write(*wanted));
  const auto updated = co_await std::move(updating);
  if (!updated) co_return fail(verb_errc::wrong, "Failed to update toxic: " + updated.error().detail());
  fmt::print("Updated toxic '{}' on proxy '{}'\n", toxic, proxy);
  co_return result<>{};
}

}  // namespace

constinit const verb toxic_update_verb{
    .name = "toxic update",
    .aliases = aliases,
    .positional = "PROXY",
    .summary = "Changes a toxic; what is not given stays",
    .options = options,
    .run = run_update,
};

}  // namespace epicenter::cli
