#include <fmt/core.h>

#include "harness/cli/proxy_verbs/table.hpp"
#include "harness/cli/proxy_verbs/toxic_text.hpp"
#include "harness/cli/proxy_verbs/verbs.hpp"

namespace epicenter::cli {
namespace {

constexpr std::string_view aliases[] = {"i", "ins"};

std::string text(const json::value& toxic, std::string_view key) {
  return std::string(toxic.string_at(key));
}

runtime::task<result<>> run_inspect(control_client& api, const arguments& args) {
  const auto name = proxy_name(args);
  if (!name) co_return fail(name.error());
  auto asking = api.call("GET", proxy_path(*name));
  const auto proxy = co_await std::move(asking);
  if (!proxy) {
    co_return fail(verb_errc::wrong,
                   fmt::format("Failed to retrieve proxy {}: {}", *name, proxy.error().detail()));
  }
  const auto* found = proxy->find("toxics");
  const auto* toxics = found == nullptr ? nullptr : found->if_array();
  if (toxics == nullptr) co_return fail(verb_errc::wrong, "the API shows a proxy without toxics");
  if (!on_terminal()) {
    for (const auto& t : *toxics) {
      fmt::print("{}\ttype={}\tstream={}\ttoxicity={}\tattributes=[{}\t]\n", text(t, "name"), text(t, "type"),
                 text(t, "stream"), toxicity_text(t), attributes_text(t, "\t"));
    }
    co_return result<>{};
  }
  fmt::print("{} listens at {} and relays to {}\n\n", *name, text(*proxy, "listen"),
             text(*proxy, "upstream"));
  std::vector<row> rows{{"TOXIC", "TYPE", "STREAM", "TOXICITY", "ATTRIBUTES"}};
  for (const auto& t : *toxics)
    rows.push_back(
        {text(t, "name"), text(t, "type"), text(t, "stream"), toxicity_text(t), attributes_text(t, " ")});
  fmt::print("{}", toxics->empty() ? "no toxics; 'epicenter proxy toxic add' makes one\n" : table(rows));
  co_return result<>{};
}

}  // namespace

constinit const verb inspect_verb{
    .name = "inspect",
    .aliases = aliases,
    .positional = "NAME",
    .summary = "Shows one proxy and its toxics",
    .options = {},
    .run = run_inspect,
};

}  // namespace epicenter::cli
