#include <fmt/core.h>

#include "harness/cli/proxy_verbs/table.hpp"
#include "harness/cli/proxy_verbs/verbs.hpp"

namespace epicenter::cli {
namespace {

constexpr std::string_view aliases[] = {"l", "li", "ls"};

/// As toxiproxy-cli prints it where nobody looks: one proxy a line, fields behind tabs.
void print_lines(const json::object& proxies) {
  for (const auto& [name, p] : proxies) {
    const auto* enabled = p.find("enabled");
    const auto* toxics = p.find("toxics");
    const bool on = enabled != nullptr && *enabled == json::value(true);
    const auto* list = toxics == nullptr ? nullptr : toxics->if_array();
    fmt::print("{}\t{}\t{}\t{}\t{}\n", name, p.string_at("listen"), p.string_at("upstream"),
               on ? "enabled" : "disabled", list == nullptr ? 0 : list->size());
  }
}

void print_table(const json::object& proxies) {
  std::vector<row> rows{{"NAME", "LISTEN", "UPSTREAM", "STATE", "TOXICS"}};
  for (const auto& [name, p] : proxies) {
    const auto* enabled = p.find("enabled");
    const auto* toxics = p.find("toxics");
    const bool on = enabled != nullptr && *enabled == json::value(true);
    const auto* list = toxics == nullptr ? nullptr : toxics->if_array();
    rows.push_back({name, std::string(p.string_at("listen")), std::string(p.string_at("upstream")),
                    on ? "enabled" : "disabled", std::to_string(list == nullptr ? 0 : list->size())});
  }
  fmt::print("{}", table(rows));
  if (proxies.empty()) fmt::print("no proxies; 'epicenter proxy create' makes one\n");
}

runtime::task<result<>> run_list(control_client& api, const arguments&) {
  auto asking = api.call("GET", "/proxies");
  const auto all = co_await std::move(asking);
  if (!all) co_return fail(verb_errc::wrong, "Failed to retrieve proxies: " + all.error().detail());
  const auto* proxies = all->if_object();
  if (proxies == nullptr) co_return fail(verb_errc::wrong, "Failed to retrieve proxies: no map of them came");
  if (on_terminal()) {
    print_table(*proxies);
  } else {
    print_lines(*proxies);
  }
  co_return result<>{};
}

}  // namespace

constinit const verb list_verb{
    .name = "list",
    .aliases = aliases,
    .positional = "",
    .summary = "Lists all proxies",
    .options = {},
    .run = run_list,
};

}  // namespace epicenter::cli
