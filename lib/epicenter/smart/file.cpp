#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <epicenter/smart/file.hpp>

namespace epicenter::smart {
namespace {

constexpr unsigned permission_bits = 07777;

class descriptor {
 public:
  explicit descriptor(int fd) : fd_(fd) {}
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  int fd_;
};

tl::unexpected<error> failure(errc code, const std::string& path, int reason) {
  return fail(code, path + ": " + std::strerror(reason));
}

wall_time time_of(const timespec& at) {
  return wall_time(std::chrono::seconds(at.tv_sec) + std::chrono::nanoseconds(at.tv_nsec));
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t some = ::write(fd, bytes.data(), bytes.size());
    if (some < 0 && errno == EINTR) continue;
    if (some <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(some));
  }
  return true;
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

result<small_file> read_small_file(const std::string& path, std::size_t max_bytes) {
  // Without O_NONBLOCK a pipe in the file's place would hold this up for ever.
  const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid()) return failure(errno == ENOENT ? errc::no_file : errc::unreadable, path, errno);
  struct stat about {};
  if (::fstat(file.get(), &about) != 0) return failure(errc::unreadable, path, errno);
  if (!S_ISREG(about.st_mode)) return fail(errc::unreadable, path + ": not a regular file");
  if (about.st_size <= 0) return fail(errc::unreadable, path + ": the file is empty");
  if (static_cast<std::size_t>(about.st_size) > max_bytes)
    return fail(errc::unreadable, path + ": larger than " + std::to_string(max_bytes) + " bytes");
  std::string bytes(static_cast<std::size_t>(about.st_size), '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t some = ::read(file.get(), bytes.data() + have, bytes.size() - have);
    if (some < 0 && errno == EINTR) continue;
    if (some <= 0) return fail(errc::unreadable, path + ": the file changed while it was read");
    have += static_cast<std::size_t>(some);
  }
  small_file made;
  made.bytes = secret(std::move(bytes));
  made.mode = about.st_mode & permission_bits;
  made.owned_here = about.st_uid == 0 || about.st_uid == ::geteuid();
  made.modified = time_of(about.st_mtim);
  return made;
}

result<> replace_file(const std::string& path, std::string_view bytes, unsigned mode) {
  const std::string beside = path + ".new";
  // What an earlier crash left over. Its owner is gone: each of these files has one writer.
  ::unlink(beside.c_str());
  {
    const descriptor file(
        ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
    if (!file.valid()) return failure(errc::unwritable, beside, errno);
    if (!write_all(file.get(), bytes) || ::fchmod(file.get(), mode) != 0 || ::fsync(file.get()) != 0) {
      const int reason = errno;
      ::unlink(beside.c_str());
      return failure(errc::unwritable, beside, reason);
    }
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) {
    const int reason = errno;
    ::unlink(beside.c_str());
    return failure(errc::unwritable, path, reason);
  }
  const descriptor folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid() || ::fsync(folder.get()) != 0) return failure(errc::unwritable, folder_of(path), errno);
  return {};
}

}  // namespace epicenter::smart
