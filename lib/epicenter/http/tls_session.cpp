#include <epicenter/http/tls_session.hpp>

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <epicenter/base/check.hpp>
#include <epicenter/http/error.hpp>

namespace epicenter::http {
namespace {

tls_errc kind_of_verdict(long verdict) {
  switch (verdict) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return tls_errc::certificate_expired;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return tls_errc::certificate_not_yet_valid;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return tls_errc::wrong_host;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return tls_errc::self_signed;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_UNTRUSTED:
      return tls_errc::untrusted;
    default:
      return tls_errc::certificate_rejected;
  }
}

tls_errc kind_of_reason(int reason) {
  switch (reason) {
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
      return tls_errc::old_protocol;
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_UNKNOWN_PROTOCOL:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_BAD_RECORD_TYPE:
      return tls_errc::not_tls;
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return tls_errc::certificate_rejected;
    default:
      return reason >= SSL_AD_REASON_OFFSET ? tls_errc::refused_by_peer : tls_errc::broken;
  }
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
    kind_ = tls_errc::wrong_host;
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
  const unsigned long last = ERR_peek_last_error();
  const char* words = last != 0 ? ERR_reason_error_string(last) : nullptr;
  reason_ = words != nullptr ? words : "the session is broken";
  kind_ = ERR_GET_LIB(last) == ERR_LIB_SSL ? kind_of_reason(ERR_GET_REASON(last)) : tls_errc::broken;
  const long verdict = SSL_get_verify_result(ssl_);
  if (verdict != X509_V_OK) {
    kind_ = kind_of_verdict(verdict);
    reason_ += std::string(": ") + X509_verify_cert_error_string(verdict);
  }
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
