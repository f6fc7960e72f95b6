// The writes that this process carries, until each has ended.
#pragma once

#include <epicenter/epic/write_job.hpp>
#include <map>

namespace epicenter::epic {

/// One of each operation.
class writes_under_way {
 public:
  using by_operation = std::map<std::string, job_ptr, std::less<>>;

  std::size_t size() const { return jobs_.size(); }
  bool contains(std::string_view operation) const { return jobs_.contains(operation); }
  by_operation::const_iterator find(std::string_view operation) const { return jobs_.find(operation); }
  by_operation::const_iterator end() const { return jobs_.end(); }
  /// False, and nothing is done, where the operation is under way already.
  bool emplace(const std::string& operation, job_ptr);
  void erase(const std::string& operation);

  /// True while nobody can say whether a resource of that type is in the patient's chart: its POST is on the
  /// way, or ended as UNKNOWN. False for a write that provably did not reach Epic and waits to be sent.
  bool may_change(std::string_view type, std::string_view patient) const;

 private:
  by_operation jobs_;
  std::multimap<std::string, job_ptr, std::less<>> by_patient_;
};

}  // namespace epicenter::epic
