// Entries as one JSON document in a file.
#pragma once

#include <epicenter/audit/entry.hpp>
#include <epicenter/audit/error.hpp>
#include <fstream>
#include <string>
#include <vector>

namespace epicenter::audit {

/// Written to "<path>.part" with mode 0600, named `path` when it is whole. Blocks.
class export_file {
 public:
  static result<export_file> begin(std::string path, const std::string& log_id);
  result<> add(const std::vector<entry>&);
  result<> finish();

 private:
  export_file(std::string path, std::ofstream file) : path_(std::move(path)), file_(std::move(file)) {}
  std::string part() const { return path_ + ".part"; }

  std::string path_;
  std::ofstream file_;
  bool first_ = true;
};

}  // namespace epicenter::audit
