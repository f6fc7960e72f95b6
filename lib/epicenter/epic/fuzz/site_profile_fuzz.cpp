// What a site declares and what its configuration says may be anything; a time zone that parses has to work.
#include <cstdint>
#include <epicenter/base/check.hpp>
#include <epicenter/epic/site_profile.hpp>
#include <epicenter/json/parse.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace epic = epicenter::epic;
  const std::string text(data, data + size);
  if (const auto zone = epic::site_zone::parse(text)) {
    const epicenter::wall_time noon(std::chrono::hours(12));
    const auto midnight = zone->next_midnight(noon);
    EPICENTER_CHECK(midnight > noon && midnight - noon <= std::chrono::hours(30),
                    "midnight comes within a day");
  }
  const auto document = epicenter::json::parse(text);
  if (!document) return 0;
  (void)epic::profile_from(*document, epic::site_profile::epic());
  (void)epic::override_profile(epic::site_profile::epic(), *document);
  return 0;
}
