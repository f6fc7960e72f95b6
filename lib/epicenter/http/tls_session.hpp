// OpenSSL without a socket: plain text on one side, TLS records on the other, memory between.
#pragma once

#include <openssl/ssl.h>
#include <epicenter/http/tls.hpp>
#include <epicenter/http/tls_error.hpp>
#include <span>

namespace epicenter::http {

class tls_context {
 public:
  explicit tls_context(SSL_CTX* context) : context_(context) {}
  ~tls_context() { SSL_CTX_free(context_); }
  tls_context(const tls_context&) = delete;
  tls_context& operator=(const tls_context&) = delete;
  SSL_CTX* get() const { return context_; }

 private:
  SSL_CTX* context_;
};

class tls_session {
 public:
  enum class side { client, server };
  enum class status { done, wants_input, ended, failed };
  /// The host is verified and sent as SNI by clients; servers give none. Certificates are judged at `now`.
  tls_session(tls_context_ptr, side, const std::string& host, wall_time now);
  ~tls_session();
  tls_session(const tls_session&) = delete;
  tls_session& operator=(const tls_session&) = delete;

  status handshake();
  /// ended: the peer has said that it sends no more.
  status read(std::span<char> into, std::size_t& count);
  /// Takes all of the plain text.
  status write(std::string_view plain);
  /// Says to the peer that nothing more is sent. Nothing where the session has failed or not begun.
  void end();
  /// OpenSSL's words for the last failure.
  const std::string& reason() const { return reason_; }
  /// What kind of failure that was.
  tls_errc kind() const { return kind_; }

  void put_records(std::string_view bytes);
  /// Appends the records that wait to be sent.
  void take_records(std::string& out);
  bool has_records() const { return BIO_ctrl_pending(out_) != 0; }
  /// Bytes have been put that were not read.
  bool has_unread() const { return SSL_pending(ssl_) != 0 || BIO_ctrl_pending(in_) != 0; }

 private:
  status after(int returned);

  tls_context_ptr context_;
  SSL* ssl_;
  BIO* in_;   // owned by ssl_
  BIO* out_;  // owned by ssl_
  bool failed_ = false;
  tls_errc kind_ = tls_errc::broken;
  std::string reason_;
};

}  // namespace epicenter::http
