#include <algorithm>
#include <epicenter/epic/under_way.hpp>

namespace epicenter::epic {

bool writes_under_way::emplace(const std::string& operation, job_ptr job) {
  const auto [at, added] = jobs_.emplace(operation, std::move(job));
  if (added) by_patient_.emplace(at->second->patient, at->second);
  return added;
}

void writes_under_way::erase(const std::string& operation) {
  const auto found = jobs_.find(operation);
  if (found == jobs_.end()) return;
  const job_ptr job = found->second;
  const auto [first, last] = by_patient_.equal_range(job->patient);
  const auto at = std::find_if(first, last, [&job](const auto& one) { return one.second == job; });
  if (at != last) by_patient_.erase(at);
  jobs_.erase(found);
}

bool writes_under_way::may_change(std::string_view type, std::string_view patient) const {
  const auto [first, last] = by_patient_.equal_range(patient);
  return std::any_of(first, last, [type](const auto& one) {
    const write_job& job = *one.second;
    const bool open = job.row == store::write_state::sending || job.row == store::write_state::unknown;
    return open && job.type == type;
  });
}

}  // namespace epicenter::epic
