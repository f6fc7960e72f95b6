#include <fmt/core.h>

#include "harness/cli/proxy_verbs/verbs.hpp"
#include "harness/cli/serving.hpp"

namespace epicenter::cli {
namespace {

constexpr std::size_t largest_file = 4 * 1024 * 1024;

runtime::task<result<>> run_populate(control_client& api, const arguments& args) {
  if (args.positional().empty())
    co_return fail(verb_errc::wrong, "A file is required as the first argument.");
  const auto text = read_text_file(args.positional().front(), largest_file);
  if (!text) co_return fail(text.error());
  auto populating = api.call("POST", "/populate", *text);
  const auto made = co_await std::move(populating);
  if (!made) co_return fail(verb_errc::wrong, "Failed to populate: " + made.error().detail());
  const auto* list = made->find("proxies");
  const auto* proxies = list == nullptr ? nullptr : list->if_array();
  if (proxies == nullptr) co_return result<>{};
  for (const auto& p : *proxies)
    fmt::print("Populated proxy {} at {}\n", p.string_at("name"), p.string_at("listen"));
  co_return result<>{};
}

}  // namespace

constinit const verb populate_verb{
    .name = "populate",
    .aliases = {},
    .positional = "FILE",
    .summary = "Creates the proxies of a file with their toxics: what --config takes",
    .options = {},
    .run = run_populate,
};

}  // namespace epicenter::cli
