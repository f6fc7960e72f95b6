#include <fmt/core.h>
#include <epicenter/runtime/task.hpp>

#include "harness/cli/proxy_verbs/status_text.hpp"
#include "harness/cli/proxy_verbs/table.hpp"
#include "harness/cli/proxy_verbs/verbs.hpp"

namespace epicenter::cli {
namespace {

constexpr verb_option options[] = {
    {"count", "", "N", "Ends after so many times (default: with Ctrl-C)"},
};

/// Where nobody looks, one empty line stands between two times.
runtime::task<result<>> run_watch(control_client& api, const arguments& args) {
  const auto count = args.number("--count", 1);
  if (!count) co_return fail(count.error());
  const bool live = on_terminal();
  for (std::uint64_t shown = 0; !*count || shown < **count; ++shown) {
    if (shown > 0) {
      auto pausing = runtime::sleep_for(api.world(), 1s);
      (void)co_await std::move(pausing);
    }
    auto asking = status_text(api);
    const auto text = co_await std::move(asking);
    if (!text) co_return fail(text.error());
    if (live) fmt::print("\x1b[H\x1b[2J");
    if (!live && shown > 0) fmt::print("\n");
    fmt::print("{}", *text);
    std::fflush(stdout);
  }
  co_return result<>{};
}

}  // namespace

constinit const verb watch_verb{
    .name = "watch",
    .aliases = {},
    .positional = "",
    .summary = "Shows the status every second until Ctrl-C",
    .options = options,
    .run = run_watch,
};

}  // namespace epicenter::cli
