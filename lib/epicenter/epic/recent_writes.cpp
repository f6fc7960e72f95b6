#include <algorithm>
#include <epicenter/epic/recent_writes.hpp>
#include <epicenter/fhir/reference.hpp>

namespace epicenter::epic {
namespace {

constexpr std::size_t max_noted = 10'000;

std::string key_of(std::string_view type, const std::string& patient) {
  return std::string(type) + ' ' + patient;
}

}  // namespace

void recent_writes::note(const std::string& type, const std::string& patient, std::string id, instant until,
                         instant now) {
  while (!by_time_.empty() && (by_time_.front()->second.until <= now || by_time_.size() >= max_noted)) {
    all_.erase(by_time_.front());
    by_time_.pop_front();
  }
  by_time_.push_back(all_.emplace(key_of(type, patient), filed{std::move(id), until}));
}

bool recent_writes::are_missing(std::string_view type, const std::string& patient,
                                const resource_list& answer, instant now) const {
  const auto [first, last] = all_.equal_range(key_of(type, patient));
  return std::any_of(first, last, [&](const auto& one) {
    const filed& what = one.second;
    const auto is_it = [&what](const json::value& resource) { return fhir::id_of(resource) == what.id; };
    return now < what.until && std::none_of(answer.begin(), answer.end(), is_it);
  });
}

}  // namespace epicenter::epic
