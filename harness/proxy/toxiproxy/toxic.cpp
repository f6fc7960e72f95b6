#include "harness/proxy/toxiproxy/toxic.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace epicenter::proxy::toxiproxy {
namespace {

/// A float32 as Go writes it: without decimals when it is whole, with an exponent only when very small or
/// large.
json::value real(float f) {
  const float size = std::fabs(f);
  const bool plain = size == 0.0F || (size >= 1e-6F && size < 1e21F);
  char digits[64];
  const auto [end, failed] = std::to_chars(digits, digits + sizeof digits, f,
                                           plain ? std::chars_format::fixed : std::chars_format::scientific);
  return failed == std::errc() ? json::value(json::number{std::string(digits, end)}) : json::value(0);
}

void append_plain(std::string& id, std::string_view text) {
  constexpr std::size_t longest = 40;
  for (const char c : text.substr(0, longest)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.';
    id += plain ? c : '_';
  }
}

}  // namespace

json::value lease_ms(duration lease) {
  return json::value(std::int64_t{std::chrono::ceil<std::chrono::milliseconds>(lease).count()});
}

json::value to_json(const toxic& t) {
  json::object attributes;
  for (std::size_t i = 0; i < t.values.size(); ++i)
    attributes.set(std::string(t.type->attributes[i].name), json::value(t.values[i]));
  json::object shown{{"attributes", std::move(attributes)},
                     {"name", t.name},
                     {"type", t.type->name},
                     {"stream", t.stream},
                     {"toxicity", real(t.toxicity)}};
  if (t.lease != no_lease) shown.set("lease_ms", lease_ms(t.lease));
  return shown;
}

faults::fault_spec fault_of(const toxic& t, const std::string& proxy) {
  auto mapped = t.type->fault_for(t.values, t.upstream ? "request" : "response");
  faults::fault_spec spec;
  spec.id = t.fault_id;
  spec.type = std::move(mapped.type);
  spec.parameters = std::move(mapped.parameters);
  spec.match.rate.ppm = std::llround(std::clamp(static_cast<double>(t.toxicity), 0.0, 1.0) * 1e6);
  spec.route = proxy;
  spec.last = true;
  spec.lease = t.lease;
  return spec;
}

std::string fault_id_for(std::string_view proxy, std::string_view name, std::uint64_t number) {
  std::string id = "toxic.";
  append_plain(id, proxy);
  id += '.';
  append_plain(id, name);
  return id + fmt::format(".{}", number);
}

}  // namespace epicenter::proxy::toxiproxy
