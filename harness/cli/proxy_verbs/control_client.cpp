#include "harness/cli/proxy_verbs/control_client.hpp"

#include <fmt/core.h>
#include <epicenter/json/parse.hpp>

#include "harness/cli/proxy_verbs/verb.hpp"
#include "harness/cli/version.hpp"

namespace epicenter::cli {
namespace {

constexpr duration patience = 10s;

http::client_options control_options() {
  http::client_options o;
  o.max_connections = 1;
  o.response_limits.max_body_bytes = 16 * 1024 * 1024;
  return o;
}

}  // namespace

control_client::control_client(runtime::runtime& rt, http::origin where, secret token)
    : runtime_(rt), where_(std::move(where)), token_(std::move(token)), client_(rt, control_options()) {}

runtime::task<result<json::value>> control_client::call(std::string method, std::string target,
                                                        std::string body) {
  http::request r;
  r.method = std::move(method);
  r.target = std::move(target);
  r.fields.add("User-Agent", "epicenter/" + version_number());
  if (!token_.empty()) r.fields.add("Authorization", "Bearer " + std::string(token_.reveal()));
  if (!body.empty()) r.fields.add("Content-Type", "application/json");
  r.body = std::move(body);
  auto sending = client_.send(where_, std::move(r), runtime_.now() + patience);
  const auto sent = co_await std::move(sending);
  last_status_ = sent ? sent->status : 0;
  if (!sent) {
    co_return fail(verb_errc::wrong,
                   fmt::format("no proxy answers at {} ({}); start one with 'epicenter proxy', or "
                               "name it by --host URL",
                               where_.to_string(), sent.error().why.message()));
  }
  auto parsed = json::parse(sent->body);
  if (sent->status / 100 == 2) {
    if (sent->body.empty()) co_return json::value();
    if (!parsed)
      co_return fail(verb_errc::wrong, where_.to_string() + " does not answer as a proxy's control API");
    co_return *std::move(parsed);
  }
  std::string words(parsed ? parsed->string_at("error") : std::string_view());
  if (words.empty()) words = http::reason_phrase(sent->status);
  co_return fail(verb_errc::wrong, fmt::format("HTTP {}: {}", sent->status, words));
}

runtime::task<> control_client::stop() {
  auto stopping = client_.stop();
  co_await std::move(stopping);
}

std::string proxy_path(const std::string& name, const std::string& rest) {
  return "/proxies/" + http::percent_encode(name) + rest;
}

}  // namespace epicenter::cli
