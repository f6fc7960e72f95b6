#include "mock-epic/server/admin_guard.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <epicenter/base/check.hpp>

#include "mock-epic/server/admin_json.hpp"

namespace epicenter::mock::server {

admin_guard::admin_guard(std::string_view token) {
  if (!token.empty()) wanted_ = digest_of(token);
}

admin_guard::digest admin_guard::digest_of(std::string_view text) {
  digest made{};
  const int digested = EVP_Digest(text.data(), text.size(), made.data(), nullptr, EVP_sha256(), nullptr);
  EPICENTER_CHECK(digested == 1, "OpenSSL has SHA-256");
  return made;
}

bool admin_guard::admits(const http::request& request) const {
  if (!wanted_) return true;
  constexpr std::string_view scheme = "Bearer ";
  const std::string_view given = request.fields.get("Authorization");
  if (!http::equal_ignoring_case(given.substr(0, scheme.size()), scheme)) return false;
  const digest heard = digest_of(given.substr(scheme.size()));
  return CRYPTO_memcmp(heard.data(), wanted_->data(), heard.size()) == 0;
}

http::response admin_guard::refuse() {
  http::response made =
      reply_error(401, "unauthorized", "the admin API takes the bearer token of --token-file");
  made.fields.set("WWW-Authenticate", "Bearer");
  return made;
}

}  // namespace epicenter::mock::server
