#include <epicenter/store/retention.hpp>

namespace epicenter::store {

wall_time retention_limit(wall_time now, std::chrono::years period) {
  using namespace std::chrono;
  const auto day = floor<days>(now);
  year_month_day then(day);
  then -= period;
  const sys_days shifted = then.ok() ? sys_days(then) : sys_days(then.year() / February / 28);
  return shifted + (now - day);
}

}  // namespace epicenter::store
