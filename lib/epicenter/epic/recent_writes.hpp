// What was filed and may not be found yet: Epic takes a create before its searches show it (reference: epic,
// catalogue row 43).
#pragma once

#include <deque>
#include <epicenter/epic/read_types.hpp>
#include <map>

namespace epicenter::epic {

/// Bounded: beyond 10,000 the oldest is forgotten.
class recent_writes {
 public:
  /// A resource that every answer must bring from then on; `until`: when the site has surely indexed it.
  void note(const std::string& type, const std::string& patient, std::string id, instant until, instant now);
  /// True where one of them is missing from the answer, and time may still bring it.
  bool are_missing(std::string_view type, const std::string& patient, const resource_list&,
                   instant now) const;
  std::size_t size() const { return by_time_.size(); }

 private:
  struct filed {
    std::string id;
    instant until;
  };
  using by_chart = std::multimap<std::string, filed, std::less<>>;  // "<type> <patient>"

  by_chart all_;
  std::deque<by_chart::iterator> by_time_;  // in the order in which they were noted
};

}  // namespace epicenter::epic
