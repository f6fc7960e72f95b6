#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <epicenter/store/private_file.hpp>
#include <filesystem>
#include <string_view>

namespace epicenter::store {
namespace {

constexpr mode_t owner_only = S_IRUSR | S_IWUSR;

tl::unexpected<error> cannot(const char* what) {
  return fail(errc::unavailable, std::string("cannot ") + what + ": " + std::strerror(errno));
}

// Not by opening it: closing a second descriptor of a database drops the locks of the first.
result<> restrict_existing(const std::string& path) {
  struct stat there {};
  if (::lstat(path.c_str(), &there) != 0) {
    if (errno == ENOENT) return {};
    return cannot("look at the file");
  }
  if (!S_ISREG(there.st_mode)) return fail(errc::unavailable, "not a regular file");
  if (::chmod(path.c_str(), owner_only) != 0) return cannot("restrict the file");
  return {};
}

std::string owner_in(int fd) {
  std::array<char, 16> text{};
  const ssize_t size = ::pread(fd, text.data(), text.size() - 1, 0);
  const std::string_view found(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  return std::string(found.substr(0, found.find_first_not_of("0123456789")));
}

}  // namespace

descriptor::~descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

result<> make_private(const std::string& path) {
  const descriptor made(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, owner_only));
  if (made.get() < 0 && errno != EEXIST) return cannot("open the file");
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    if (auto set = restrict_existing(path + suffix); !set) return set;
  }
  return {};
}

result<owner_lock> owner_lock::take(const std::string& path) {
  const std::string name = path + ".lock";
  descriptor file(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, owner_only));
  if (file.get() < 0) return cannot("open the lock file");
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return cannot("lock the file");
    const std::string owner = owner_in(file.get());
    return fail(errc::in_use, owner.empty() ? std::string() : "process " + owner);
  }
  if (::fchmod(file.get(), owner_only) != 0 || ::ftruncate(file.get(), 0) != 0)
    return cannot("restrict the lock file");
  // Only for people to read: on a full disk the lock holds without it.
  const std::string mine = std::to_string(::getpid()) + '\n';
  [[maybe_unused]] const ssize_t written = ::pwrite(file.get(), mine.data(), mine.size(), 0);
  return owner_lock(std::move(file));
}

result<> replace_file(const std::string& from, const std::string& to) {
  const descriptor file(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0 || ::fsync(file.get()) != 0) return cannot("save the copy");
  if (std::rename(from.c_str(), to.c_str()) != 0) return cannot("name the copy");
  const auto parent = std::filesystem::path(to).parent_path();
  const descriptor folder(::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) return cannot("save the folder");
  return {};
}

}  // namespace epicenter::store
