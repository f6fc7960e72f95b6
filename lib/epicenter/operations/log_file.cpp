#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <epicenter/operations/log_file.hpp>

namespace epicenter::operations {
namespace {

tl::unexpected<error> unavailable(int reason) {
  return fail(errc::log_unavailable, std::strerror(reason));
}

}  // namespace

result<> log_file::append(std::string_view lines) {
  if (fd_ >= 0 && moved_away()) close();
  if (fd_ < 0) {
    if (auto opened = open(); !opened) return opened;
  }
  if (bytes_ != 0 && bytes_ + lines.size() > options_.max_bytes) {
    rotate();
    if (auto opened = open(); !opened) return opened;
  }
  std::size_t written = 0;
  while (written < lines.size()) {
    const ssize_t some = ::write(fd_, lines.data() + written, lines.size() - written);
    if (some < 0 && errno == EINTR) continue;
    if (some <= 0) {
      const int reason = some < 0 ? errno : EIO;
      // Half a line would spoil the next one. Where it cannot be taken off, the file is opened anew.
      if (::ftruncate(fd_, static_cast<off_t>(bytes_)) != 0) close();
      return unavailable(reason);
    }
    written += static_cast<std::size_t>(some);
  }
  bytes_ += lines.size();
  return {};
}

result<> log_file::open() {
  // Without O_NONBLOCK opening a pipe that nobody reads would wait for ever.
  constexpr int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  fd_ = ::open(options_.path.c_str(), flags, S_IRUSR | S_IWUSR);
  if (fd_ < 0) return unavailable(errno);
  struct stat is {};
  if (::fstat(fd_, &is) != 0 || ::fchmod(fd_, S_IRUSR | S_IWUSR) != 0) {
    const int reason = errno;
    close();
    return unavailable(reason);
  }
  if (!S_ISREG(is.st_mode)) {
    close();
    return fail(errc::log_unavailable, "not a regular file");
  }
  bytes_ = static_cast<std::uint64_t>(is.st_size);
  device_ = is.st_dev;
  inode_ = is.st_ino;
  return {};
}

void log_file::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

bool log_file::moved_away() const {
  struct stat is {};
  return ::lstat(options_.path.c_str(), &is) != 0 || is.st_dev != device_ || is.st_ino != inode_;
}

void log_file::rotate() {
  close();
  const auto name = [this](unsigned number) { return options_.path + '.' + std::to_string(number); };
  if (options_.keep == 0) {
    ::unlink(options_.path.c_str());
    return;
  }
  // A rename that fails leaves the older file to be overwritten: the bound on space comes first.
  for (unsigned number = options_.keep; number > 1; --number) {
    (void)std::rename(name(number - 1).c_str(), name(number).c_str());
  }
  if (std::rename(options_.path.c_str(), name(1).c_str()) != 0) ::unlink(options_.path.c_str());
}

}  // namespace epicenter::operations
