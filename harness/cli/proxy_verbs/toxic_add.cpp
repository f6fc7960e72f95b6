#include <fmt/core.h>

#include <epicenter/json/write.hpp>

#include "harness/cli/proxy_verbs/toxic_text.hpp"
#include "harness/cli/proxy_verbs/verbs.hpp"

namespace epicenter::cli {
namespace {

constexpr std::string_view aliases[] = {"a"};

constexpr verb_option options[] = {
    {"type", "t", "TYPE", "latency, bandwidth, slow_close, timeout, reset_peer, slicer, limit_data or noop"},
    {"toxicName", "n", "NAME", "Its name (default TYPE_STREAM)"},
    {"toxicity", "tox", "SHARE", "Share of the connections that it hits, 0 to 1 (default 1)"},
    {"attribute", "a", "KEY=VALUE", "One attribute: latency=100 (ms), rate=64 (kB/s), bytes=1000; repeatable",
     true},
    {"upstream", "u", "", "Acts on what clients send"},
    {"downstream", "d", "", "Acts on what clients receive (the default)"},
    {"lease", "", "MS", "Ends by itself so many milliseconds after it was last named"},
};

runtime::task<result<>> run_add(control_client& api, const arguments& args) {
  if (args.positional().empty()) co_return fail(verb_errc::wrong, "Proxy name is missing.");
  const std::string proxy = args.positional().front();
  if (args.get("--type").empty()) co_return fail(verb_errc::wrong, "Required argument 'type' was empty.");
  if (args.has("--upstream") && args.has("--downstream"))
    co_return fail(verb_errc::wrong, "Only one should be specified: upstream or downstream.");
  auto wanted = toxic_changes(args);
  if (!wanted) co_return fail(wanted.error());
  const auto lease = args.number("--lease", 1);
  if (!lease) co_return fail(lease.error());
  wanted->set("name", args.get("--toxicName"));
  wanted->set("type", args.get("--type"));
  wanted->set("stream", args.has("--upstream") ? "upstream" : "downstream");
  if (*lease) wanted->set("lease_ms", json::value(**lease));
  auto adding = api.call("POST", proxy_path(proxy, "/toxics"), json::write(*wanted));
  const auto added = co_await std::move(adding);
  if (!added) co_return fail(verb_errc::wrong, "Failed to add toxic: " + added.error().detail());
  fmt::print("Added {} {} toxic '{}' on proxy '{}'\n", added->string_at("stream"), added->string_at("type"),
             added->string_at("name"), proxy);
  co_return result<>{};
}

}  // namespace

constinit const verb toxic_add_verb{
    .name = "toxic add",
    .aliases = aliases,
    .positional = "PROXY",
    .summary = "Adds a toxic to a proxy",
    .options = options,
    .run = run_add,
};

}  // namespace epicenter::cli
