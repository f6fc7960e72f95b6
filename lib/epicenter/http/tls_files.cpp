#include <epicenter/http/error.hpp>
#include <epicenter/http/tls_files.hpp>
#include <filesystem>
#include <fstream>

namespace epicenter::http {
namespace {

constexpr std::size_t largest_file = 16 * 1024 * 1024;

tl::unexpected<error> unreadable(const std::string& path, const std::string& why) {
  return fail(errc::bad_tls_settings, path + ": " + why);
}

}  // namespace

result<secret> read_pem_file(const std::string& path) {
  std::error_code failed;
  // A folder opens like a file and reads like an empty one.
  if (std::filesystem::is_directory(path, failed)) return unreadable(path, "it is a folder");
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in) return unreadable(path, "it cannot be opened");
  const std::streamoff size = in.tellg();
  if (size < 0 || static_cast<std::size_t>(size) > largest_file)
    return unreadable(path, "larger than 16 MiB");
  std::string text(static_cast<std::size_t>(size), '\0');
  in.seekg(0);
  in.read(text.data(), size);
  if (!in) return unreadable(path, "it cannot be read");
  return secret(std::move(text));
}

result<tls_context_ptr> load_tls_client(const tls_client_files& files) {
  tls_client_options options;
  std::error_code failed;
  if (std::filesystem::is_directory(files.authorities, failed))
    options.ca_directory = files.authorities;
  else
    options.ca_file = files.authorities;
  if (files.certificate.empty() && !files.private_key.empty())
    return fail(errc::bad_tls_settings, files.private_key + ": a private key without a certificate");
  options.private_key_passphrase = files.passphrase;
  if (!files.certificate.empty()) {
    auto chain = read_pem_file(files.certificate);
    if (!chain) return fail(std::move(chain.error()));
    options.certificate_pem = chain->reveal();
    auto key = read_pem_file(files.private_key.empty() ? files.certificate : files.private_key);
    if (!key) return fail(std::move(key.error()));
    options.private_key_pem = key->reveal();
  }
  auto made = make_tls_client(options);
  if (made || files.certificate.empty()) return made;
  // The authorities name their file themselves.
  const std::string own = files.certificate + (files.private_key.empty() ? "" : ", " + files.private_key);
  return fail(error(make_error_code(errc::bad_tls_settings), own).caused_by(std::move(made.error())));
}

}  // namespace epicenter::http
