#include "mock-epic/stubs/global_settings.hpp"

#include <algorithm>

namespace epicenter::mock::stubs {

tl::expected<global_settings, stub_error> global_settings::read(const json::value& from) {
  static const json::object nothing;
  std::optional<stub_error> failure;
  global_settings made;
  object_reader reader(from.if_object() ? *from.if_object() : nothing, "", failure);
  if (!from.is_object()) reader.refuse({}, "an object is needed here");
  const auto fixed = reader.integer("fixedDelay", -longest_delay_ms, longest_delay_ms);
  made.fixed_delay = std::chrono::milliseconds(std::max<std::int64_t>(fixed.value_or(0), 0));
  made.distribution = read_distribution(reader, "delayDistribution");
  reader.object("extended");
  // Requests that no stub matches go to the FHIR engine, which is no proxy: both values mean the same here.
  reader.flag("proxyPassThrough");
  reader.end();
  if (failure) return tl::unexpected(std::move(*failure));
  for (const auto& [key, value] : *from.if_object())
    if (!value.is_null()) made.shown.set(key, value);
  return made;
}

}  // namespace epicenter::mock::stubs
