#include <fmt/chrono.h>

#include <algorithm>
#include <charconv>
#include <epicenter/operations/kept_copies.hpp>
#include <filesystem>

namespace epicenter::operations {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view ending = ".db";
constexpr std::string_view stamp_form = "00000000T000000Z";

tl::unexpected<error> unavailable(const std::error_code& why) {
  return fail(errc::copies_unavailable, why.message());
}

int number_at(std::string_view text, std::size_t from, std::size_t digits) {
  int value = -1;
  const char* begin = text.data() + from;
  (void)std::from_chars(begin, begin + digits, value);
  return value;
}

/// Names of regular files, in no order that counts.
result<std::vector<std::string>> files_of(const std::string& folder) {
  std::error_code failed;
  std::vector<std::string> names;
  fs::directory_iterator at(folder, failed);
  while (!failed && at != fs::directory_iterator()) {
    std::error_code unknown;
    const bool regular = fs::is_regular_file(at->symlink_status(unknown));
    if (regular) names.push_back(at->path().filename().string());
    at.increment(failed);
  }
  if (failed) return unavailable(failed);
  return names;
}

result<> remove(const std::string& path) {
  std::error_code failed;
  fs::remove(path, failed);
  if (failed) return unavailable(failed);
  return {};
}

}  // namespace

std::string name_of_copy(std::string_view store, wall_time made) {
  const auto s = std::chrono::floor<std::chrono::seconds>(made);
  return fmt::format("{}-{:%Y%m%dT%H%M%S}Z{}", store, fmt::gmtime(s.time_since_epoch().count()), ending);
}

std::optional<wall_time> date_of_copy(std::string_view store, std::string_view name) {
  using namespace std::chrono;
  if (name.size() != store.size() + 1 + stamp_form.size() + ending.size()) return std::nullopt;
  const auto stamp = name.substr(store.size() + 1, stamp_form.size());
  const year_month_day day{year(number_at(stamp, 0, 4)), month(static_cast<unsigned>(number_at(stamp, 4, 2))),
                           std::chrono::day(static_cast<unsigned>(number_at(stamp, 6, 2)))};
  // Nanoseconds since 1970 reach no further.
  const bool fits = day.year() >= year(1970) && day.year() < year(2262);
  if (!day.ok() || !fits) return std::nullopt;
  const wall_time made = sys_days(day) + hours(number_at(stamp, 9, 2)) + minutes(number_at(stamp, 11, 2)) +
                         seconds(number_at(stamp, 13, 2));
  // All that was not looked at, and hours and minutes that do not exist.
  if (name_of_copy(store, made) != name) return std::nullopt;
  return made;
}

result<std::vector<kept_copy>> kept_copies::list() const {
  auto names = files_of(folder_);
  if (!names) return fail(std::move(names.error()));
  std::vector<kept_copy> all;
  for (auto& name : *names) {
    if (const auto made = date_of_copy(store_, name)) all.push_back({std::move(name), *made});
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.made < b.made; });
  return all;
}

result<std::size_t> kept_copies::remove_oldest(std::size_t keep, const std::string& newest) const {
  auto all = list();
  if (!all) return fail(std::move(all.error()));
  const auto is_newest = [&newest](const kept_copy& one) { return one.name == newest; };
  const auto there = std::find_if(all->begin(), all->end(), is_newest);
  if (there == all->end()) return fail(errc::copies_unavailable, "the new copy is not there");
  std::rotate(all->begin(), there + 1, all->end());
  while (all->size() > keep && all->size() > 1) {
    auto removed = remove(path_of(all->front().name));
    if (!removed) return fail(std::move(removed.error()));
    all->erase(all->begin());
  }
  return all->size();
}

result<> kept_copies::remove_unfinished() const {
  auto names = files_of(folder_);
  if (!names) return fail(std::move(names.error()));
  for (const auto& name : *names) {
    const auto cut = name.find(".part");
    if (cut == std::string::npos || !date_of_copy(store_, name.substr(0, cut))) continue;
    if (auto removed = remove(path_of(name)); !removed) return removed;
  }
  return {};
}

}  // namespace epicenter::operations
