// One pass over a file: where values are read and every trouble is collected.
#pragma once

#include <string>
#include <vector>

#include "harness/scenario/diagnostic.hpp"
#include "harness/scenario/yaml_tree.hpp"

namespace epicenter::scenario {

class reading {
 public:
  explicit reading(const source_text& source) : source_(source) {}

  void refuse(const source_mark& at, std::string message) { add(trouble::invalid, at, std::move(message)); }
  /// The format has it; this version does not carry it out.
  void unsupported(const source_mark& at, const std::string& what) {
    add(trouble::unsupported, at, what + " is not yet supported; leave it out");
  }
  void take(std::vector<diagnostic> found) {
    for (diagnostic& one : found) troubles_.push_back(std::move(one));
  }
  const std::vector<diagnostic>& troubles() const { return troubles_; }
  const std::string& file() const { return source_.file(); }

 private:
  void add(trouble kind, const source_mark& at, std::string message) {
    if (troubles_.size() < 2 * source_text::max_diagnostics)
      troubles_.push_back(source_.at(kind, at, std::move(message)));
  }

  const source_text& source_;
  std::vector<diagnostic> troubles_;
};

}  // namespace epicenter::scenario
