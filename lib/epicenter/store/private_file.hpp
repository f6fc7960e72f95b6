// Files that nobody but their owner reads, and that one process at a time writes.
#pragma once

#include <epicenter/store/error.hpp>
#include <string>
#include <utility>

namespace epicenter::store {

/// Closes what it holds.
class descriptor {
 public:
  explicit descriptor(int fd = -1) : fd_(fd) {}
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor();
  int get() const { return fd_; }

 private:
  int fd_;
};

/// Makes the database's file with mode 0600 before SQLite opens it: SQLite gives the files beside it the mode
/// of the database. An existing one, and the files beside it, are set to 0600. Links and anything that is no
/// regular file are refused. errc::unavailable.
result<> make_private(const std::string& path);

/// The right to use `path`, for as long as the object lives: an exclusive lock on "<path>.lock", which holds
/// the owner's process id. The kernel drops it when the process ends, however it ends. errc::in_use names the
/// owner; errc::unavailable.
class owner_lock {
 public:
  static result<owner_lock> take(const std::string& path);

 private:
  explicit owner_lock(descriptor file) : file_(std::move(file)) {}
  descriptor file_;
};

/// Puts a finished file in another's place: its bytes and the folder's entry are on disk when this returns.
result<> replace_file(const std::string& from, const std::string& to);

}  // namespace epicenter::store
