// Which loaded resource belongs to whose chart.
#pragma once

#include <epicenter/json/value.hpp>
#include <string>
#include <unordered_map>

#include "mock-epic/data/error.hpp"
#include "mock-epic/data/loaded.hpp"

namespace epicenter::mock::data {

/// Keeps the texts until all are there: a chart's resources may come before their Patient.
class load_sorter {
 public:
  /// References inside are Type/id already.
  result<> take(const json::value& resource, const std::string& where);
  result<loaded> finish() &&;

 private:
  struct waiting {
    generated one;
    std::vector<std::string> identifiers;
    std::vector<std::string> members;  ///< of a Group: patients' ids
    bool open_encounter = false;
  };
  std::vector<waiting> all_;
  std::unordered_map<std::string, std::size_t> known_;     ///< "Type/id": position in all_
  std::unordered_map<std::string, std::size_t> patients_;  ///< id: number
  std::vector<demographics> people_;
};

}  // namespace epicenter::mock::data
