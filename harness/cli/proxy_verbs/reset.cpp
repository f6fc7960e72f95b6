#include <fmt/core.h>

#include "harness/cli/proxy_verbs/verbs.hpp"

namespace epicenter::cli {
namespace {

runtime::task<result<>> run_reset(control_client& api, const arguments&) {
  auto resetting = api.call("POST", "/reset");
  const auto done = co_await std::move(resetting);
  if (!done) co_return fail(verb_errc::wrong, "Failed to reset: " + done.error().detail());
  fmt::print("Enabled all proxies and removed their toxics\n");
  co_return result<>{};
}

}  // namespace

constinit const verb reset_verb{
    .name = "reset",
    .aliases = {},
    .positional = "",
    .summary = "Enables all proxies and removes their toxics",
    .options = {},
    .run = run_reset,
};

}  // namespace epicenter::cli
