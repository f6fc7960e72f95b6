#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <epicenter/epic/key_files.hpp>
#include <epicenter/store/private_file.hpp>
#include <epicenter/store/seal.hpp>
#include <optional>
#include <system_error>

namespace epicenter::epic {
namespace {

constexpr std::size_t digits = store::key_bytes * 2;
constexpr std::string_view alphabet = "0123456789abcdef";

tl::unexpected<error> no_access(const std::string& path) {
  return fail(store::errc::unavailable, path + ": " + std::generic_category().message(errno));
}

std::optional<std::string> from_hex(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    const auto high = alphabet.find(text[i]);
    const auto low = alphabet.find(text[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    bytes += static_cast<char>(high << 4U | low);
  }
  return bytes;
}

result<> make_key(const std::string& path) {
  std::array<unsigned char, store::key_bytes> drawn{};
  if (RAND_bytes(drawn.data(), static_cast<int>(drawn.size())) != 1)
    return fail(store::errc::unavailable, path + ": no randomness");
  std::string text;
  for (const unsigned char one : drawn) {
    text += alphabet[one >> 4U];
    text += alphabet[one & 15U];
  }
  // Whole or not at all: a key that a crash cut short would lock its data away.
  const std::string part = path + ".part";
  const store::descriptor file(
      ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.get() < 0) return no_access(part);
  if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    return no_access(part);
  return store::replace_file(part, path);
}

}  // namespace

result<secret> key_in_file(const std::string& path) {
  if (::access(path.c_str(), F_OK) != 0) {
    if (errno != ENOENT) return no_access(path);
    if (auto made = make_key(path); !made) return fail(std::move(made.error()));
  }
  const store::descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (file.get() < 0) return no_access(path);
  struct stat found {};
  if (::fstat(file.get(), &found) != 0) return no_access(path);
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return fail(store::errc::wrong_key, path + ": others may read it; chmod 600, and think of it as known");
  std::array<char, digits + 2> text{};
  const ssize_t got = ::read(file.get(), text.data(), text.size());
  if (got < 0) return no_access(path);
  std::string_view line(text.data(), static_cast<std::size_t>(got));
  if (line.ends_with('\n')) line.remove_suffix(1);
  auto bytes = line.size() == digits ? from_hex(line) : std::nullopt;
  if (!bytes) return fail(store::errc::wrong_key, path + ": wanted are 64 hexadecimal digits");
  return secret(std::move(*bytes));
}

}  // namespace epicenter::epic
