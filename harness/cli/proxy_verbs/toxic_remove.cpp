#include <fmt/core.h>

#include "harness/cli/proxy_verbs/verbs.hpp"

namespace epicenter::cli {
namespace {

constexpr std::string_view aliases[] = {"r", "delete", "d"};

constexpr verb_option options[] = {
    {"toxicName", "n", "NAME", "The toxic"},
};

runtime::task<result<>> run_remove(control_client& api, const arguments& args) {
  if (args.positional().empty()) co_return fail(verb_errc::wrong, "Proxy name is missing.");
  const std::string proxy = args.positional().front();
  const std::string toxic = args.get("--toxicName");
  if (toxic.empty()) co_return fail(verb_errc::wrong, "Required argument 'toxicName' was empty.");
  auto removing = api.call("DELETE", proxy_path(proxy, "/toxics/" + http::percent_encode(toxic)));
  const auto removed = co_await std::move(removing);
  if (!removed) co_return fail(verb_errc::wrong, "Failed to remove toxic: " + removed.error().detail());
  fmt::print("Removed toxic '{}' on proxy '{}'\n", toxic, proxy);
  co_return result<>{};
}

}  // namespace

constinit const verb toxic_remove_verb{
    .name = "toxic remove",
    .aliases = aliases,
    .positional = "PROXY",
    .summary = "Removes a toxic from a proxy",
    .options = options,
    .run = run_remove,
};

}  // namespace epicenter::cli
