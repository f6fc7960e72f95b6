#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <epicenter/policy/state_file.hpp>
#include <utility>

namespace epicenter::policy {
namespace {

constexpr std::size_t max_bytes = 4 * 1024 * 1024;

class descriptor {
 public:
  explicit descriptor(int fd) : fd_(fd) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

std::string staged_name(const std::string& path) {
  return path + ".new";
}

tl::unexpected<error> not_saved() {
  return fail(errc::not_saved, std::strerror(errno));
}

bool write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t some = ::write(fd, content.data(), content.size());
    if (some < 0 && errno == EINTR) continue;
    if (some <= 0) return false;
    content.remove_prefix(static_cast<std::size_t>(some));
  }
  return ::fsync(fd) == 0;
}

// A rename survives a power cut only when its folder is on the disk too.
bool sync_folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return opened.get() >= 0 && ::fsync(opened.get()) == 0;
}

}  // namespace

result<std::optional<std::string>> read_private_file(const std::string& path) {
  const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (file.get() < 0 && errno == ENOENT) return std::nullopt;
  if (file.get() < 0) return fail(errc::unreadable, std::strerror(errno));
  struct stat there {};
  if (::fstat(file.get(), &there) != 0) return fail(errc::unreadable, std::strerror(errno));
  if (!S_ISREG(there.st_mode)) return fail(errc::unreadable, "not a regular file");
  if ((there.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return fail(errc::unreadable, "others than its owner may use it; its mode must be 0600");
  std::string content;
  std::string piece(64 * 1024, '\0');
  while (true) {
    const ssize_t some = ::read(file.get(), piece.data(), piece.size());
    if (some < 0 && errno == EINTR) continue;
    if (some < 0) return fail(errc::unreadable, std::strerror(errno));
    if (some == 0) return content;
    content.append(piece, 0, static_cast<std::size_t>(some));
    if (content.size() > max_bytes) return fail(errc::unreadable, "more than 4 MiB");
  }
}

result<staged_file> staged_file::write(const std::string& path, std::string_view content) {
  const std::string beside = staged_name(path);
  // What a crash left there is nobody's.
  if (::unlink(beside.c_str()) != 0 && errno != ENOENT) return not_saved();
  const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
  const descriptor file(::open(beside.c_str(), flags, S_IRUSR | S_IWUSR));
  if (file.get() < 0) return not_saved();
  staged_file staged(path);
  if (!write_all(file.get(), content)) return not_saved();
  return staged;
}

staged_file::staged_file(staged_file&& other) noexcept : path_(std::exchange(other.path_, {})) {}

staged_file::~staged_file() {
  if (!path_.empty()) ::unlink(staged_name(path_).c_str());
}

result<> staged_file::commit() {
  if (std::rename(staged_name(path_).c_str(), path_.c_str()) != 0) return not_saved();
  // Once renamed it is the content, whatever becomes of the folder's entry in a power cut.
  (void)sync_folder_of(std::exchange(path_, {}));
  return {};
}

}  // namespace epicenter::policy
