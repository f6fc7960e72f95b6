#include "mock-epic/stubs/proxy_request.hpp"

#include <algorithm>
#include <array>

namespace epicenter::mock::stubs {
namespace {

bool is_named(std::string_view name, const auto& names) {
  return std::any_of(names.begin(), names.end(),
                     [name](std::string_view one) { return http::equal_ignoring_case(one, name); });
}

}  // namespace

proxy_call proxy_request(const http::request& from, std::string_view base_url, const proxy_definition& how) {
  static constexpr std::array<std::string_view, 12> not_passed_on{"Host",
                                                                  "Connection",
                                                                  "Keep-Alive",
                                                                  "Proxy-Connection",
                                                                  "TE",
                                                                  "Trailer",
                                                                  "Upgrade",
                                                                  "Content-Length",
                                                                  "Transfer-Encoding",
                                                                  "Accept-Encoding",
                                                                  "Proxy-Authorization",
                                                                  "Expect"};
  proxy_call made;
  std::string_view target = from.target;
  if (!how.prefix_to_remove.empty() && target.starts_with(how.prefix_to_remove))
    target.remove_prefix(how.prefix_to_remove.size());
  while (base_url.ends_with('/')) base_url.remove_suffix(1);
  made.url = std::string(base_url) + (target.starts_with('/') ? "" : "/") + std::string(target);
  made.request.method = from.method;
  for (const auto& [name, value] : from.fields)
    if (!is_named(name, not_passed_on) && !is_named(name, how.remove)) made.request.fields.add(name, value);
  for (const auto& [name, value] : how.add) made.request.fields.set(name, value);
  made.request.body = from.body;
  return made;
}

std::optional<webhook_call> webhook_request(const webhook_definition& how, const template_world& world) {
  webhook_call made;
  auto url = how.url.render(world);
  auto body = how.body.render(world);
  if (!url || !body) return std::nullopt;
  made.url = std::move(*url);
  made.delay = how.delay;
  made.request.method = how.method;
  made.request.body = std::move(*body);
  for (const auto& [name, text] : how.fields) {
    auto value = text.render(world);
    if (!value) return std::nullopt;
    made.request.fields.add(name, without_controls(std::move(*value)));
  }
  return made;
}

}  // namespace epicenter::mock::stubs
