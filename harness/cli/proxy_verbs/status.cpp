#include <fmt/core.h>

#include "harness/cli/proxy_verbs/status_text.hpp"
#include "harness/cli/proxy_verbs/verbs.hpp"

namespace epicenter::cli {
namespace {

runtime::task<result<>> run_status(control_client& api, const arguments&) {
  auto asking = status_text(api);
  const auto text = co_await std::move(asking);
  if (!text) co_return fail(text.error());
  fmt::print("{}", *text);
  co_return result<>{};
}

}  // namespace

constinit const verb status_verb{
    .name = "status",
    .aliases = {},
    .positional = "",
    .summary = "Shows the faults and toxics at work, with their counters and leases",
    .options = {},
    .run = run_status,
};

}  // namespace epicenter::cli
