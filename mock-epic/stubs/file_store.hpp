// Files of one directory by relative paths, or, without a directory, in memory.
#pragma once

#include <epicenter/base/result.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::mock::stubs {

/// No path leads out of the directory: none with "..", none that is absolute, no symbolic link that points
/// elsewhere. Files are at most 16 MiB; in memory at most 64 MiB in all. Calls block on the disk for as long
/// as one small file takes.
class file_store {
 public:
  /// An empty root: in memory.
  explicit file_store(std::string root) : root_(std::move(root)) {}

  bool on_disk() const { return !root_.empty(); }
  /// Relative paths with '/', sorted; at most 10,000.
  result<std::vector<std::string>> list() const;
  /// Nothing where there is no such file; errc::outside for a path that may not be.
  result<std::optional<std::string>> read(std::string_view path) const;
  result<> write(std::string_view path, std::string_view content);
  /// False where there was none.
  result<bool> remove(std::string_view path);

 private:
  result<std::string> place_of(std::string_view path) const;

  std::string root_;
  std::map<std::string, std::string, std::less<>> memory_;
  std::size_t memory_bytes_ = 0;
};

}  // namespace epicenter::mock::stubs
