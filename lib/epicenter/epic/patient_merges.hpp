// Patients that Epic has merged into others (reference: epic, catalogue row 44).
#pragma once

#include <epicenter/base/result.hpp>
#include <functional>
#include <map>
#include <string>

namespace epicenter::epic {

/// Learned from what Epic answers, so that it need not outlive the process: the next answer teaches it again.
class patient_merges {
 public:
  /// True where this was not known. An empty survivor: Epic said that it was merged and not into whom.
  bool learn(const std::string& merged, const std::string& into);
  /// A person says that it is so. errc::not_found where Epic has not said it.
  result<> confirm(const std::string& merged, const std::string& into);

  /// Epic answers for the patient under its own id again.
  void forget_unconfirmed(const std::string& patient);

  /// Whose chart to ask for: another than the one named once a merge is confirmed.
  const std::string& chart_of(const std::string& patient) const;
  /// True while writes to that patient must wait for a person.
  bool is_halted(const std::string& patient) const;

 private:
  struct merge {
    std::string into;
    bool confirmed = false;
  };
  std::map<std::string, merge, std::less<>> merges_;
};

}  // namespace epicenter::epic
