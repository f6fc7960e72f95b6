// A file that is replaced as a whole or not at all.
#pragma once

#include <epicenter/policy/error.hpp>
#include <optional>
#include <string>

namespace epicenter::policy {

/// The content, at most 4 MiB; nothing where there is no such file. errc::unreadable: also where others than
/// its owner may read or write it (it must be 0600), and for anything but a regular file.
result<std::optional<std::string>> read_private_file(const std::string& path);

/// A new content that is on the disk beside the file (PATH.new, 0600) and not yet in its place. Destroyed
/// without commit(), it goes away.
class staged_file {
 public:
  /// errc::not_saved
  static result<staged_file> write(const std::string& path, std::string_view content);
  staged_file(staged_file&&) noexcept;
  staged_file& operator=(staged_file&&) = delete;
  ~staged_file();

  /// Takes the file's place, durably. errc::not_saved: the old content stands.
  result<> commit();

 private:
  explicit staged_file(std::string path) : path_(std::move(path)) {}
  std::string path_;  ///< of the file to be replaced; empty once done
};

}  // namespace epicenter::policy
