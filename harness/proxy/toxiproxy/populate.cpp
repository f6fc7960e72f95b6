#include "harness/proxy/toxiproxy/populate.hpp"

#include <fmt/core.h>

#include "harness/proxy/toxiproxy/address.hpp"

namespace epicenter::proxy::toxiproxy {
namespace {

outcome<planned_proxy> plan(proxy_input p, std::size_t number) {
  const auto missing = [number](std::string_view field) {
    return refuse(fmt::format("missing required field: {} at proxy {}", field, number));
  };
  if (p.name.value_or("").empty()) return missing("name");
  if (p.upstream.value_or("").empty()) return missing("upstream");
  planned_proxy planned;
  for (std::size_t i = 0; i < p.toxics.size(); ++i) {
    auto read = read_toxic(p.toxics[i], planned.toxics);
    if (!read)
      return refuse(fmt::format("{} at proxy {}, toxic {}", read.error().text, number, i + 1),
                    read.error().status);
    planned.toxics.push_back(*std::move(read));
  }
  if (!p.listen) p.listen.emplace();
  planned.proxy = std::move(p);
  return planned;
}

}  // namespace

runtime::task<populated> populate(registry& proxies, std::string body) {
  populated so_far;
  auto inputs = read_proxies(body);
  if (!inputs) {
    so_far.failed = inputs.error();
    co_return so_far;
  }
  std::vector<planned_proxy> planned;
  for (auto& one : *inputs) {
    so_far.failed_at = planned.size() + 1;
    auto made = plan(std::move(one), so_far.failed_at);
    if (!made) {
      so_far.failed = made.error();
      co_return so_far;
    }
    planned.push_back(*std::move(made));
  }
  for (auto& one : planned) {
    so_far.failed_at = so_far.done.size() + 1;
    const auto listen = listen_address(*one.proxy.listen);
    if (!listen) {
      so_far.failed = api_error{"listen tcp: " + listen.error().text, listen.error().status};
      co_return so_far;
    }
    one.listen = *listen;
    auto putting = proxies.put(std::move(one));
    auto put = co_await std::move(putting);
    if (!put) {
      so_far.failed = put.error();
      co_return so_far;
    }
    so_far.done.push_back(*std::move(put));
  }
  so_far.failed_at = 0;
  co_return so_far;
}

}  // namespace epicenter::proxy::toxiproxy
