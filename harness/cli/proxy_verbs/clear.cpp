#include <fmt/core.h>

#include "harness/cli/proxy_verbs/verbs.hpp"

namespace epicenter::cli {
namespace {

runtime::task<result<>> run_clear(control_client& api, const arguments&) {
  auto removing = api.call("DELETE", "/faults");
  const auto removed = co_await std::move(removing);
  // Toxiproxy itself has no faults but toxics.
  if (!removed && !api.was_not_there())
    co_return fail(verb_errc::wrong, "Failed to remove the faults: " + removed.error().detail());
  auto resetting = api.call("POST", "/reset");
  const auto done = co_await std::move(resetting);
  if (!done) co_return fail(verb_errc::wrong, "Failed to reset: " + done.error().detail());
  fmt::print("Removed all faults and toxics, and enabled all proxies\n");
  co_return result<>{};
}

}  // namespace

constinit const verb clear_verb{
    .name = "clear",
    .aliases = {},
    .positional = "",
    .summary = "Removes every fault and toxic, and enables all proxies",
    .options = {},
    .run = run_clear,
};

}  // namespace epicenter::cli
