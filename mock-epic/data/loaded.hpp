// Charts that were brought along instead of made from the seed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "mock-epic/data/generated.hpp"
#include "mock-epic/data/person.hpp"

namespace epicenter::mock::data {

/// One patient's part. Texts are kept, never trees: a tree takes many times its text.
struct loaded_chart {
  std::string patient;
  std::string encounter;  ///< one in progress, else the last; empty where there is none
  demographics who;
  std::vector<generated> resources;  ///< in the order of the files
};

struct loaded {
  std::vector<loaded_chart> charts;
  std::vector<generated> shared;
  std::unordered_map<std::string, std::size_t> owners;                ///< "Type/id" of everything in a chart
  std::unordered_map<std::string, std::vector<std::size_t>> holders;  ///< by identifier value
  std::map<std::string, std::vector<std::size_t>, std::less<>> groups;  ///< members that were loaded
  std::uint64_t fingerprint = 0;  ///< of all texts: a state fits only the data it was made over
};

}  // namespace epicenter::mock::data
