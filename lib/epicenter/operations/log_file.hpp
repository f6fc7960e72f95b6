// A file of lines that never grows beyond a bound.
#pragma once

#include <cstdint>
#include <epicenter/operations/error.hpp>
#include <string>
#include <string_view>

namespace epicenter::operations {

struct log_file_options {
  std::string path;
  std::uint64_t max_bytes = 64 * 1024 * 1024;  ///< of one file
  unsigned keep = 9;                           ///< older files: PATH.1 is the newest; at most 999
};

/// Appends whole lines to a file of mode 0600. A file that would grow beyond its bound becomes PATH.1, what
/// was PATH.1 becomes PATH.2, and the oldest goes. A file that another program has moved away is begun anew.
/// Where lines could be written in part only, what was written is taken off again. Blocking, and used by one
/// thread at a time.
class log_file {
 public:
  explicit log_file(log_file_options options) : options_(std::move(options)) {}
  ~log_file() { close(); }
  log_file(const log_file&) = delete;
  log_file& operator=(const log_file&) = delete;

  /// `lines` ends with a newline, or is empty: then the file is only opened. errc::log_unavailable: nothing
  /// of it is in the file; the next call tries again.
  result<> append(std::string_view lines);

 private:
  result<> open();
  void close();
  bool moved_away() const;
  void rotate();

  log_file_options options_;
  int fd_ = -1;
  std::uint64_t bytes_ = 0;
  std::uint64_t device_ = 0;
  std::uint64_t inode_ = 0;
};

}  // namespace epicenter::operations
