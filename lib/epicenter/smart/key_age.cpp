#include <epicenter/smart/key_age.hpp>

namespace epicenter::smart {

std::string_view to_string(key_age_level level) {
  switch (level) {
    case key_age_level::fine:
      return "fine";
    case key_age_level::warning:
      return "warning";
    case key_age_level::fault:
      return "fault";
  }
  return "unknown";
}

key_age_level level_of(duration age, const key_age_limits& limits) {
  if (age >= limits.fault) return key_age_level::fault;
  return age >= limits.warning ? key_age_level::warning : key_age_level::fine;
}

}  // namespace epicenter::smart
