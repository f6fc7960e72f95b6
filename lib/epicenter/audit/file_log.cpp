#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <epicenter/audit/entry_json.hpp>
#include <epicenter/audit/log.hpp>
#include <epicenter/store/private_file.hpp>
#include <fstream>

namespace epicenter::audit {
namespace {

using store::descriptor;

struct readable {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;  ///< of whole lines
};

// Calls `see` for every whole line; what follows the last newline is the rest of an append that never
// returned.
result<readable> read_entries(const std::string& path, const std::function<void(const entry&)>& see) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(errc::unavailable, "cannot read the file");
  readable so_far;
  std::string line;
  while (std::getline(file, line) && !file.eof()) {
    auto what = from_line(line);
    if (!what || what->seq != so_far.entries + 1) {
      return fail(errc::unavailable, "line " + std::to_string(so_far.entries + 1) + " is damaged");
    }
    see(*what);
    ++so_far.entries;
    so_far.bytes += line.size() + 1;
  }
  return so_far;
}

class log_in_file final : public log {
 public:
  log_in_file(std::string path, descriptor file, readable there)
      : path_(std::move(path)), file_(std::move(file)), entries_(there.entries), bytes_(there.bytes) {}

  runtime::task<result<std::uint64_t>> append(entry what) override {
    auto added = add(what);
    co_return added;
  }
  void start_append(entry what, append_handler done) override { done(add(what)); }

  void for_each(const std::function<void(const entry&)>& see) const override {
    (void)read_entries(path_, see);
  }
  std::uint64_t size() const override { return entries_; }

 private:
  result<std::uint64_t> add(entry& what) {
    what.seq = entries_ + 1;
    const std::string line = to_line(what) + '\n';
    std::size_t written = 0;
    while (written < line.size()) {
      const ssize_t some = ::write(file_.get(), line.data() + written, line.size() - written);
      if (some < 0 && errno == EINTR) continue;
      if (some <= 0) return refuse(errno);
      written += static_cast<std::size_t>(some);
    }
    ++entries_;
    bytes_ += line.size();
    return what.seq;
  }

  // Half a line would make every later one unreadable.
  tl::unexpected<error> refuse(int reason) {
    std::string why = std::strerror(reason);
    if (::ftruncate(file_.get(), static_cast<off_t>(bytes_)) != 0) why += "; the file is damaged";
    return fail(errc::unavailable, std::move(why));
  }

  std::string path_;
  descriptor file_;
  std::uint64_t entries_;
  std::uint64_t bytes_;
};

}  // namespace

result<std::unique_ptr<log>> open_file_log(const std::string& path) {
  const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
  descriptor file(::open(path.c_str(), flags, S_IRUSR | S_IWUSR));
  struct stat there_is {};
  if (file.get() >= 0 && (::fstat(file.get(), &there_is) != 0 || !S_ISREG(there_is.st_mode))) {
    return fail(errc::unavailable, "not a regular file");
  }
  if (file.get() < 0 || ::fchmod(file.get(), S_IRUSR | S_IWUSR) != 0) {
    return fail(errc::unavailable, std::strerror(errno));
  }
  auto there = read_entries(path, [](const entry&) {});
  if (!there) return fail(std::move(there.error()));
  if (::ftruncate(file.get(), static_cast<off_t>(there->bytes)) != 0) {
    return fail(errc::unavailable, std::strerror(errno));
  }
  return std::make_unique<log_in_file>(path, std::move(file), *there);
}

}  // namespace epicenter::audit
