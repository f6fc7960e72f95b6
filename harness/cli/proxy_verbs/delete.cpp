#include <fmt/core.h>

#include "harness/cli/proxy_verbs/verbs.hpp"

namespace epicenter::cli {
namespace {

constexpr std::string_view aliases[] = {"d"};

runtime::task<result<>> run_delete(control_client& api, const arguments& args) {
  const auto name = proxy_name(args);
  if (!name) co_return fail(name.error());
  auto deleting = api.call("DELETE", proxy_path(*name));
  const auto deleted = co_await std::move(deleting);
  if (!deleted && api.was_not_there()) {
    co_return fail(verb_errc::wrong,
                   fmt::format("Failed to retrieve proxy {}: {}", *name, deleted.error().detail()));
  }
  if (!deleted) co_return fail(verb_errc::wrong, "Failed to delete proxy: " + deleted.error().detail());
  fmt::print("Deleted proxy {}\n", *name);
  co_return result<>{};
}

}  // namespace

constinit const verb delete_verb{
    .name = "delete",
    .aliases = aliases,
    .positional = "NAME",
    .summary = "Deletes a proxy",
    .options = {},
    .run = run_delete,
};

}  // namespace epicenter::cli
