#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <algorithm>
#include <epicenter/base/check.hpp>
#include <epicenter/http/error.hpp>
#include <epicenter/http/tls_files.hpp>
#include <epicenter/http/tls_session.hpp>
#include <filesystem>

namespace epicenter::http {
namespace {

std::string last_reason(const char* otherwise) {
  const unsigned long code = ERR_peek_last_error();
  const char* words = code != 0 ? ERR_reason_error_string(code) : nullptr;
  return words != nullptr ? words : otherwise;
}

struct bio_free {
  void operator()(BIO* b) const { BIO_free(b); }
};
struct x509_free {
  void operator()(X509* x) const { X509_free(x); }
};
struct key_free {
  void operator()(EVP_PKEY* k) const { EVP_PKEY_free(k); }
};
using bio_ptr = std::unique_ptr<BIO, bio_free>;
using x509_ptr = std::unique_ptr<X509, x509_free>;
using key_ptr = std::unique_ptr<EVP_PKEY, key_free>;

bio_ptr open_text(const std::string& text) {
  return bio_ptr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Without this OpenSSL asks for the passphrase of an encrypted key on the terminal.
int no_passphrase(char*, int, int, void*) {
  return 0;
}

// OpenSSL takes a negative number for «there is none».
int tell_passphrase(char* into, int room, int, void* held) {
  const std::string_view words = static_cast<const secret*>(held)->reveal();
  if (words.empty() || words.size() > static_cast<std::size_t>(room)) return -1;
  std::copy(words.begin(), words.end(), into);
  return static_cast<int>(words.size());
}

bool at_end_of_pem() {
  const unsigned long code = ERR_peek_last_error();
  return ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
}

// One damaged certificate refuses the whole text: it may be the one that is needed, in a year.
result<> trust_pem(SSL_CTX* context, const std::string& pem, const std::string& what) {
  const bio_ptr text = open_text(pem);
  int count = 0;
  while (const x509_ptr ca{PEM_read_bio_X509(text.get(), nullptr, no_passphrase, nullptr)}) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), ca.get());
    // Only servers send the names: clients choose by them which of their certificates they show.
    SSL_CTX_add_client_CA(context, ca.get());
    ++count;
  }
  const bool whole = at_end_of_pem();
  const std::string reason = last_reason("unreadable");
  ERR_clear_error();
  if (count == 0 && whole) return fail(errc::bad_tls_settings, what + ": no certificate");
  if (!whole)
    return fail(errc::bad_tls_settings, what + ": certificate " + std::to_string(count + 1) + ": " + reason);
  return {};
}

result<> trust_file(SSL_CTX* context, const std::string& path) {
  auto text = read_pem_file(path);
  if (!text) return fail(std::move(text.error()));
  return trust_pem(context, std::string(text->reveal()), path);
}

result<> trust_directory(SSL_CTX* context, const std::string& path) {
  namespace files = std::filesystem;
  std::error_code failed;
  std::vector<std::string> found;
  for (auto at = files::directory_iterator(path, failed); !failed && at != files::directory_iterator();
       at.increment(failed)) {
    const std::string kind = at->path().extension().string();
    if (kind == ".pem" || kind == ".crt" || kind == ".cer") found.push_back(at->path().string());
  }
  if (failed) return fail(errc::bad_tls_settings, path + ": " + failed.message());
  if (found.empty()) return fail(errc::bad_tls_settings, path + ": no file *.pem, *.crt or *.cer");
  std::sort(found.begin(), found.end());
  for (const std::string& one : found)
    if (auto trusted = trust_file(context, one); !trusted) return trusted;
  return {};
}

result<> use_chain(SSL_CTX* context, const std::string& pem) {
  const bio_ptr text = open_text(pem);
  const x509_ptr leaf(PEM_read_bio_X509(text.get(), nullptr, no_passphrase, nullptr));
  if (!leaf || SSL_CTX_use_certificate(context, leaf.get()) != 1)
    return fail(errc::bad_tls_settings, "the certificate: " + last_reason("no certificate"));
  while (const x509_ptr link{PEM_read_bio_X509(text.get(), nullptr, no_passphrase, nullptr)})
    SSL_CTX_add1_chain_cert(context, link.get());
  ERR_clear_error();
  return {};
}

bool is_encrypted(const std::string& pem) {
  return pem.find("BEGIN ENCRYPTED PRIVATE KEY") != std::string::npos ||
         pem.find("Proc-Type: 4,ENCRYPTED") != std::string::npos;
}

result<> use_key(SSL_CTX* context, const std::string& pem, const secret& passphrase) {
  if (is_encrypted(pem) && passphrase.empty())
    return fail(errc::bad_tls_settings, "the private key: it is encrypted, and there is no passphrase");
  const bio_ptr text = open_text(pem);
  secret words = passphrase;
  const key_ptr key(PEM_read_bio_PrivateKey(text.get(), nullptr, tell_passphrase, &words));
  if (!key || SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1)
    return fail(errc::bad_tls_settings, "the private key: " + last_reason("no key"));
  return {};
}

result<> use_identity(SSL_CTX* context, const std::string& chain, const std::string& key,
                      const secret& passphrase) {
  if (auto used = use_chain(context, chain); !used) return used;
  return use_key(context, key, passphrase);
}

tls_context_ptr make_context(const SSL_METHOD* method) {
  auto context = std::make_shared<tls_context>(SSL_CTX_new(method));
  EPICENTER_CHECK(context->get() != nullptr, "OpenSSL makes a context");
  SSL_CTX_set_min_proto_version(context->get(), TLS1_2_VERSION);
  SSL_CTX_set_session_cache_mode(context->get(), SSL_SESS_CACHE_OFF);
  // The chain is sent as it was given, and not completed by what happens to be trusted here.
  SSL_CTX_set_mode(context->get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
  ERR_clear_error();
  return context;
}

}  // namespace

result<tls_context_ptr> make_tls_client(const tls_client_options& options) {
  tls_context_ptr context = make_context(TLS_client_method());
  SSL_CTX_set_verify(context->get(), SSL_VERIFY_PEER, nullptr);
  if (options.ca_file.empty() && options.ca_directory.empty())
    SSL_CTX_set_default_verify_paths(context->get());
  if (!options.ca_file.empty())
    if (auto trusted = trust_file(context->get(), options.ca_file); !trusted) return fail(trusted.error());
  if (!options.ca_directory.empty())
    if (auto trusted = trust_directory(context->get(), options.ca_directory); !trusted)
      return fail(trusted.error());
  if (!options.ca_pem.empty())
    if (auto trusted = trust_pem(context->get(), options.ca_pem, "the PEM text to trust"); !trusted)
      return fail(trusted.error());
  if (!options.certificate_pem.empty() || !options.private_key_pem.empty())
    if (auto used = use_identity(context->get(), options.certificate_pem, options.private_key_pem,
                                 options.private_key_passphrase);
        !used)
      return fail(used.error());
  static constexpr unsigned char protocols[] = "\x08http/1.1";
  SSL_CTX_set_alpn_protos(context->get(), protocols, sizeof protocols - 1);
  return context;
}

result<tls_context_ptr> make_tls_server(const tls_server_options& options) {
  tls_context_ptr context = make_context(TLS_server_method());
  SSL_CTX_set_num_tickets(context->get(), 0);
  if (auto used = use_identity(context->get(), options.certificate_pem, options.private_key_pem, secret());
      !used)
    return fail(used.error());
  if (options.client_ca_pem.empty()) return context;
  if (auto trusted = trust_pem(context->get(), options.client_ca_pem, "the clients' authorities"); !trusted)
    return fail(trusted.error());
  SSL_CTX_set_verify(context->get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  // A session that is taken up again would bring its client in without another look at the certificate.
  SSL_CTX_set_options(context->get(), SSL_OP_NO_TICKET);
  return context;
}

}  // namespace epicenter::http
