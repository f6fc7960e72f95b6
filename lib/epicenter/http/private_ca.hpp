// A certificate authority of one process: servers that nobody else vouches for, and certificates that a
// client must refuse.
#pragma once

#include <epicenter/base/result.hpp>
#include <epicenter/base/time.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::http {

/// A certificate with its key, both PEM. The chain of a server: leaf first.
struct certificate {
  std::string pem;
  std::string key_pem;
};

/// What is wrong with a certificate. A client that verifies refuses each but `none`, for its own reason.
enum class certificate_flaw {
  none,
  expired,      ///< its validity ended a day ago
  wrong_host,   ///< it names "wrong-host.invalid" (RFC 2606) and nothing else
  self_signed,  ///< no authority stands behind it
  untrusted,    ///< signed by an authority that nobody knows, and that is not sent along
};

/// True for what a certificate can name: an address (a literal without brackets), or up to 253 characters of
/// a host name, wildcards included.
bool is_host_name(std::string_view);

/// How long a certificate may be shown after it was made.
inline constexpr duration certificate_lifetime = std::chrono::days(30);

/// EC P-256 keys from OpenSSL's random numbers, in memory only. Certificates hold from a day before they were
/// made, for certificate_lifetime; the authority itself for ten years. Several threads may issue at once.
class private_ca {
 public:
  /// errc::bad_tls_settings where OpenSSL cannot.
  static result<private_ca> make(wall_time now);
  private_ca(private_ca&&) noexcept;
  private_ca& operator=(private_ca&&) noexcept;
  ~private_ca();

  /// What clients are to trust.
  const std::string& pem() const;
  /// A server's certificate for these host names and addresses (literals without brackets).
  /// errc::bad_tls_settings where there is none, or one is no host name.
  result<certificate> issue(const std::vector<std::string>& hosts, wall_time now,
                            certificate_flaw = certificate_flaw::none) const;
  /// A client's certificate with this name. Servers look at who signed it and not at the name: wrong_host is
  /// no flaw to them.
  result<certificate> issue_client(const std::string& name, wall_time now,
                                   certificate_flaw = certificate_flaw::none) const;

 private:
  struct impl;
  explicit private_ca(std::unique_ptr<impl>);
  std::unique_ptr<impl> impl_;
};

}  // namespace epicenter::http
