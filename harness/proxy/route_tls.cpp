#include "harness/proxy/route_tls.hpp"

#include <epicenter/http/error.hpp>
#include <epicenter/runtime/error.hpp>
#include <filesystem>
#include <fstream>

namespace epicenter::proxy {
namespace {

constexpr std::size_t largest_file = 1024 * 1024;

result<std::string> read_pem(const std::string& path) {
  if (path.empty()) return std::string();
  // A directory opens and reads as an empty file.
  std::error_code unknown;
  if (std::filesystem::is_directory(path, unknown)) return fail(runtime::errc::io, path + " is a directory");
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(runtime::errc::io, path + " cannot be read");
  std::string text(largest_file + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return fail(runtime::errc::io, path + " cannot be read");
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > largest_file) return fail(runtime::errc::io, path + " is larger than 1 MiB");
  if (text.empty()) return fail(http::errc::bad_tls_settings, path + " is empty");
  return text;
}

tl::unexpected<error> unusable(const std::string& what) {
  return fail(http::errc::bad_tls_settings, what);
}

result<> read_into(std::string& text, const std::string& path) {
  auto read = read_pem(path);
  if (!read) return fail(std::move(read.error()));
  text = std::move(*read);
  return {};
}

result<> check_together(const route_tls_files& files) {
  if (files.certificate.empty() != files.private_key.empty())
    return unusable("a certificate and its key go together: " + files.certificate + files.private_key);
  if (files.upstream_certificate.empty() != files.upstream_private_key.empty())
    return unusable("a certificate and its key go together: " + files.upstream_certificate +
                    files.upstream_private_key);
  if (!files.terminate && !(files.certificate + files.client_ca).empty())
    return unusable(files.certificate + files.client_ca +
                    " is for clients, but the proxy does not end their TLS");
  const std::string upstream = files.upstream_ca + files.upstream_certificate + files.server_name;
  if (!files.originate && !upstream.empty())
    return unusable(upstream + " is for the upstream, but the proxy begins no TLS to it");
  return {};
}

/// A certificate with its key, wherever it is shown later.
result<> try_identity(const std::string& pem, const std::string& key, const std::string& pem_path,
                      const std::string& key_path) {
  if (pem.empty()) return {};
  http::tls_client_options with;
  with.certificate_pem = pem;
  with.private_key_pem = key;
  if (auto tried = http::make_tls_client(with); !tried)
    return unusable(pem_path + " with " + key_path + ": " + tried.error().detail());
  return {};
}

result<> try_authority(const std::string& pem, const std::string& path) {
  if (pem.empty()) return {};
  http::tls_client_options with;
  with.ca_pem = pem;
  if (auto tried = http::make_tls_client(with); !tried) return unusable(path + ": " + tried.error().detail());
  return {};
}

result<> try_texts(const route_tls& read, const route_tls_files& files) {
  if (auto ok =
          try_identity(read.certificate_pem, read.private_key_pem, files.certificate, files.private_key);
      !ok)
    return ok;
  if (auto ok = try_identity(read.upstream_certificate_pem, read.upstream_private_key_pem,
                             files.upstream_certificate, files.upstream_private_key);
      !ok)
    return ok;
  if (auto ok = try_authority(read.client_ca_pem, files.client_ca); !ok) return ok;
  return try_authority(read.upstream_ca_pem, files.upstream_ca);
}

}  // namespace

result<route_tls> load_route_tls(const route_tls_files& files) {
  if (auto together = check_together(files); !together) return fail(together.error());
  route_tls read;
  read.terminate = files.terminate;
  read.originate = files.originate;
  read.server_name = files.server_name;
  const std::pair<std::string*, const std::string*> texts[]{
      {&read.certificate_pem, &files.certificate},
      {&read.private_key_pem, &files.private_key},
      {&read.client_ca_pem, &files.client_ca},
      {&read.upstream_ca_pem, &files.upstream_ca},
      {&read.upstream_certificate_pem, &files.upstream_certificate},
      {&read.upstream_private_key_pem, &files.upstream_private_key},
  };
  for (const auto& [text, path] : texts)
    if (auto done = read_into(*text, *path); !done) return fail(done.error());
  if (auto sound = try_texts(read, files); !sound) return fail(sound.error());
  return read;
}

tls_faces_options faces_of(const route_tls& route) {
  tls_faces_options options;
  options.own.pem = route.certificate_pem;
  options.own.key_pem = route.private_key_pem;
  options.client_ca_pem = route.client_ca_pem;
  return options;
}

result<http::tls_context_ptr> make_upstream_tls(const route_tls& route) {
  http::tls_client_options options;
  options.ca_pem = route.upstream_ca_pem;
  options.certificate_pem = route.upstream_certificate_pem;
  options.private_key_pem = route.upstream_private_key_pem;
  return http::make_tls_client(options);
}

}  // namespace epicenter::proxy
