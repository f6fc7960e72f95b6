#include <epicenter/http/tls_session.hpp>

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <epicenter/base/check.hpp>
#include <epicenter/http/error.hpp>

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

result<> trust_pem(SSL_CTX* context, const std::string& pem) {
  const bio_ptr text = open_text(pem);
  int count = 0;
  while (const x509_ptr ca{PEM_read_bio_X509(text.get(), nullptr, no_passphrase, nullptr)}) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), ca.get());
    // Only servers send the names: clients choose by them which of their certificates they show.
    SSL_CTX_add_client_CA(context, ca.get());
    ++count;
  }
  ERR_clear_error();
  if (count == 0) return fail(errc::bad_tls_settings, "the PEM text to trust holds no certificate");
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

result<> use_key(SSL_CTX* context, const std::string& pem) {
  const bio_ptr text = open_text(pem);
  const key_ptr key(PEM_read_bio_PrivateKey(text.get(), nullptr, no_passphrase, nullptr));
  if (!key || SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1)
    return fail(errc::bad_tls_settings, "the private key: " + last_reason("no key"));
  return {};
}

result<> use_identity(SSL_CTX* context, const std::string& chain, const std::string& key) {
  if (auto used = use_chain(context, chain); !used) return used;
  return use_key(context, key);
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

bool is_address(const std::string& host) {
  unsigned char bytes[16];
  return inet_pton(AF_INET, host.c_str(), bytes) == 1 || inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

// Returns false where the certificate could not be checked against the host, which must then fail the
// handshake.
bool expect_host(SSL* ssl, const std::string& host) {
  if (host.empty()) return false;
  if (is_address(host)) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  // SSL_set_tlsext_host_name without its cast.
  const long named =
      SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(host.c_str()));
  return named == 1 && SSL_set1_host(ssl, host.c_str()) == 1;
}

}  // namespace

result<tls_context_ptr> make_tls_client(const tls_client_options& options) {
  tls_context_ptr context = make_context(TLS_client_method());
  SSL_CTX_set_verify(context->get(), SSL_VERIFY_PEER, nullptr);
  if (options.ca_file.empty())
    SSL_CTX_set_default_verify_paths(context->get());
  else if (SSL_CTX_load_verify_locations(context->get(), options.ca_file.c_str(), nullptr) != 1)
    return fail(errc::bad_tls_settings, options.ca_file + ": " + last_reason("not a PEM bundle"));
  if (!options.ca_pem.empty())
    if (auto trusted = trust_pem(context->get(), options.ca_pem); !trusted) return fail(trusted.error());
  if (!options.certificate_pem.empty() || !options.private_key_pem.empty())
    if (auto used = use_identity(context->get(), options.certificate_pem, options.private_key_pem); !used)
      return fail(used.error());
  static constexpr unsigned char protocols[] = "\x08http/1.1";
  SSL_CTX_set_alpn_protos(context->get(), protocols, sizeof protocols - 1);
  return context;
}

result<tls_context_ptr> make_tls_server(const tls_server_options& options) {
  tls_context_ptr context = make_context(TLS_server_method());
  SSL_CTX_set_num_tickets(context->get(), 0);
  if (auto used = use_identity(context->get(), options.certificate_pem, options.private_key_pem); !used)
    return fail(used.error());
  if (options.client_ca_pem.empty()) return context;
  if (auto trusted = trust_pem(context->get(), options.client_ca_pem); !trusted) return fail(trusted.error());
  SSL_CTX_set_verify(context->get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  // A session that is taken up again would bring its client in without another look at the certificate.
  SSL_CTX_set_options(context->get(), SSL_OP_NO_TICKET);
  return context;
}

tls_session::tls_session(tls_context_ptr context, side which, const std::string& host, wall_time now)
    : context_(std::move(context)),
      ssl_(SSL_new(context_->get())),
      in_(BIO_new(BIO_s_mem())),
      out_(BIO_new(BIO_s_mem())) {
  EPICENTER_CHECK(ssl_ != nullptr && in_ != nullptr && out_ != nullptr, "OpenSSL makes a session");
  BIO_set_mem_eof_return(in_, -1);
  SSL_set_bio(ssl_, in_, out_);
  // The runtime's calendar, which in virtual time is not OpenSSL's.
  X509_VERIFY_PARAM_set_time(SSL_get0_param(ssl_),
                             std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count());
  if (which == side::server) {
    SSL_set_accept_state(ssl_);
    return;
  }
  SSL_set_connect_state(ssl_);
  if (!expect_host(ssl_, host)) {
    failed_ = true;
    reason_ = "the host name cannot be verified";
  }
}

tls_session::~tls_session() {
  SSL_free(ssl_);
}

tls_session::status tls_session::after(int returned) {
  switch (SSL_get_error(ssl_, returned)) {
    case SSL_ERROR_NONE:
      return status::done;
    case SSL_ERROR_WANT_READ:
      return status::wants_input;
    case SSL_ERROR_ZERO_RETURN:
      return status::ended;
    default:
      break;
  }
  failed_ = true;
  reason_ = last_reason("the session is broken");
  const long verified = SSL_get_verify_result(ssl_);
  if (verified != X509_V_OK) reason_ += std::string(": ") + X509_verify_cert_error_string(verified);
  ERR_clear_error();
  return status::failed;
}

tls_session::status tls_session::handshake() {
  if (failed_) return status::failed;
  ERR_clear_error();
  return after(SSL_do_handshake(ssl_));
}

tls_session::status tls_session::read(std::span<char> into, std::size_t& count) {
  if (failed_) return status::failed;
  ERR_clear_error();
  return after(SSL_read_ex(ssl_, into.data(), into.size(), &count));
}

tls_session::status tls_session::write(std::string_view plain) {
  if (failed_) return status::failed;
  ERR_clear_error();
  std::size_t count = 0;
  return after(SSL_write_ex(ssl_, plain.data(), plain.size(), &count));
}

void tls_session::end() {
  if (failed_ || SSL_is_init_finished(ssl_) == 0 || (SSL_get_shutdown(ssl_) & SSL_SENT_SHUTDOWN) != 0) return;
  ERR_clear_error();
  SSL_shutdown(ssl_);
  ERR_clear_error();
}

void tls_session::put_records(std::string_view bytes) {
  std::size_t count = 0;
  const int put = BIO_write_ex(in_, bytes.data(), bytes.size(), &count);
  EPICENTER_CHECK(put == 1 && count == bytes.size(), "memory takes every byte");
}

void tls_session::take_records(std::string& out) {
  const std::size_t waiting = BIO_ctrl_pending(out_);
  const std::size_t before = out.size();
  out.resize(before + waiting);
  std::size_t count = 0;
  if (waiting != 0) BIO_read_ex(out_, out.data() + before, waiting, &count);
  out.resize(before + count);
}

}  // namespace epicenter::http
