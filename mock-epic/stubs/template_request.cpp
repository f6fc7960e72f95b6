#include "mock-epic/stubs/template_request.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "mock-epic/stubs/base64.hpp"

namespace epicenter::mock::stubs {
namespace {

std::optional<std::size_t> index_of(const std::string& text) {
  std::size_t number = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (wrong != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

json::value list_value(const std::vector<std::string>& values, std::span<const std::string> rest,
                       bool as_list) {
  if (!rest.empty()) {
    if (rest[0] == "first") return values.empty() ? json::value() : json::value(values.front());
    if (rest[0] == "last") return values.empty() ? json::value() : json::value(values.back());
    const auto index = index_of(rest[0]);
    return index && *index < values.size() ? json::value(values[*index]) : json::value();
  }
  if (!as_list) return values.empty() ? json::value() : json::value(values.front());
  json::array out;
  for (const std::string& one : values) out.emplace_back(one);
  return out;
}

/// {name: value or [values]} of all pairs, for {{#each request.query}}.
template <class Pairs>
json::value pairs_value(const Pairs& pairs) {
  json::object out;
  for (const auto& [name, value] : pairs) {
    json::value& at = out[name];
    if (at.is_null())
      at = value;
    else if (json::array* list = at.if_array())
      list->emplace_back(value);
    else
      at = json::array{at, json::value(value)};
  }
  return out;
}

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> out;
  if (path.starts_with('/')) path.remove_prefix(1);
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    auto plain = http::percent_decode(path.substr(0, end));
    out.push_back(plain ? std::move(*plain) : std::string(path.substr(0, end)));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return out;
}

json::value path_value(const template_world& world, std::span<const std::string> rest, bool as_list) {
  const std::string_view path = world.request->incoming().path();
  if (rest.empty()) return path;
  if (world.path_variables)
    for (const auto& [name, value] : *world.path_variables)
      if (name == rest[0]) return value;
  return list_value(segments_of(path), rest, as_list);
}

template <class Pairs>
json::value named_value(const Pairs& pairs, std::span<const std::string> rest, bool as_list) {
  if (rest.empty()) return pairs_value(pairs);
  return list_value(values_of(pairs, rest[0]), rest.subspan(1), as_list);
}

json::value parts_value(const stub_request& r, std::span<const std::string> rest) {
  if (rest.empty()) return {};
  for (const request_part& one : r.parts()) {
    if (one.name != rest[0]) continue;
    if (rest.size() < 2 || rest[1] == "body") return one.body;
    if (rest[1] == "bodyAsBase64") return encode_base64(one.body);
    if (rest[1] == "headers") return named_value(one.fields, rest.subspan(2), false);
    return {};
  }
  return {};
}

}  // namespace

json::value request_value(const template_world& world, std::span<const std::string> path, bool as_list) {
  const stub_request& r = *world.request;
  const http::request& in = r.incoming();
  if (path.empty()) return {};
  const std::string& what = path[0];
  const auto rest = path.subspan(1);
  if (what == "url") return in.target;
  if (what == "path") return path_value(world, rest, as_list);
  if (what == "pathSegments") return list_value(segments_of(in.path()), rest, as_list || rest.empty());
  if (what == "query") return named_value(r.query(), rest, as_list);
  if (what == "formParameters") return named_value(r.form(), rest, as_list);
  if (what == "headers") return named_value(in.fields, rest, as_list);
  if (what == "cookies") return named_value(r.cookies(), rest, as_list);
  if (what == "parts") return parts_value(r, rest);
  if (what == "method") return in.method;
  if (what == "host") return r.host();
  if (what == "port") return std::int64_t{r.port()};
  if (what == "scheme") return r.origin().scheme;
  if (what == "clientIp") return r.origin().client_ip;
  if (what == "body") return in.body;
  if (what == "bodyAsBase64") return encode_base64(in.body);
  if (what == "id") return r.origin().id;
  if (what == "multipart") return !r.parts().empty();
  if (what == "baseUrl") {
    const std::string url = r.absolute_url();
    return url.substr(0, url.size() - in.target.size());
  }
  return {};
}

}  // namespace epicenter::mock::stubs
