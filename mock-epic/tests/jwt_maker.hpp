// Keys and client assertions for tests, made with OpenSSL alone: independent of the code that checks them.
#pragma once

#include <epicenter/json/value.hpp>
#include <memory>
#include <string>
#include <string_view>

namespace epicenter::mock::test {

class signing_key {
 public:
  static signing_key rsa(std::string kid, unsigned bits = 2048);
  static signing_key ec(std::string kid, const char* curve);  // "P-256", "P-384"

  json::object jwk() const;
  /// As JWS wants it: PKCS #1 v1.5, or r||s.
  std::string sign(std::string_view alg, std::string_view text) const;
  const std::string& kid() const { return kid_; }

 private:
  explicit signing_key(std::string kid) : kid_(std::move(kid)) {}
  std::string kid_;
  std::shared_ptr<void> key_;
  std::size_t coordinate_ = 0;  // bytes; 0: RSA
};

std::string encode_base64url(std::string_view bytes);
json::object key_set(std::initializer_list<json::object> keys);

struct assertion {
  std::string alg = "ES384";
  json::object header;  ///< alg and kid are added where absent
  json::object claims;
};
std::string make_jwt(const signing_key&, assertion);
/// The body of a token request.
std::string token_form(std::string_view jwt);

}  // namespace epicenter::mock::test
