// The client's private key: signs assertions, and shows its public half as a JWK.
#pragma once

#include <epicenter/base/secret.hpp>
#include <epicenter/json/value.hpp>
#include <epicenter/smart/error.hpp>
#include <memory>
#include <span>

namespace epicenter::smart {

/// What Epic accepts (Epic, OAuth 2.0 specification): RSA of 2048 bits and more, P-256 and P-384.
enum class algorithm { rs256, rs384, rs512, es256, es384 };

/// "RS384", as in a JWT's header.
std::string_view to_string(algorithm);
result<algorithm> parse_algorithm(std::string_view name);

/// A private key with the one algorithm it is used for. Copies share the key; the key itself is never
/// printed.
class private_key {
 public:
  /// Reads an unencrypted PEM (PKCS#8, PKCS#1 or SEC1). An empty kid becomes the key's thumbprint; a given
  /// one has up to 256 visible ASCII characters. errc::bad_key, errc::wrong_key_type.
  static result<private_key> from_pem(const secret& pem, algorithm, std::string kid = {});
  /// The same with the algorithm that the key's kind suggests: RS384, ES256 or ES384.
  static result<private_key> from_pem(const secret& pem, std::string kid = {});

  algorithm signs_with() const { return algorithm_; }
  const std::string& kid() const { return kid_; }

  /// The JWS signature of the bytes (RFC 7518): PKCS#1 v1.5 for RSxxx, r and s side by side for ESxxx.
  result<std::string> sign(std::string_view bytes) const;
  /// {"kty", "use": "sig", "alg", "kid", …}: never a private member.
  json::value public_jwk() const;
  /// RFC 7638, SHA-256.
  std::string thumbprint() const;
  /// PKCS#8, for a key made here that another process shall use.
  result<secret> to_pem() const;

 private:
  struct material;
  friend result<private_key> generate_test_key(algorithm);
  private_key(std::shared_ptr<const material>, algorithm, std::string kid);

  std::shared_ptr<const material> material_;
  algorithm algorithm_;
  std::string kid_;
};

/// The document a JWKS URL serves: {"keys": […]}. For what is published see jwks.hpp.
json::value jwks(std::span<const private_key> keys);

/// A fresh key from the operating system's randomness (RSA 2048, P-256 or P-384), its kid the thumbprint.
result<private_key> generate_test_key(algorithm);

}  // namespace epicenter::smart
