#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <epicenter/audit/pseudonym.hpp>
#include <epicenter/base/check.hpp>

namespace epicenter::audit {
namespace {

struct freed {
  void operator()(EVP_MAC* one) const { EVP_MAC_free(one); }
  void operator()(EVP_MAC_CTX* one) const { EVP_MAC_CTX_free(one); }
};
using mac_state = std::unique_ptr<EVP_MAC_CTX, freed>;

mac_state take_in(std::string_view key) {
  const std::unique_ptr<EVP_MAC, freed> hmac(EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr));
  EPICENTER_CHECK(hmac != nullptr, "HMAC is available");
  mac_state made(EVP_MAC_CTX_new(hmac.get()));
  std::string digest = "SHA256";
  const std::array params{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                          OSSL_PARAM_construct_end()};
  // A null pointer would mean: no key yet.
  const std::string_view bytes = key.data() != nullptr ? key : std::string_view("");
  const bool begun =
      made != nullptr && EVP_MAC_init(made.get(), reinterpret_cast<const unsigned char*>(bytes.data()),
                                      bytes.size(), params.data()) == 1;
  EPICENTER_CHECK(begun, "HMAC-SHA-256 is available");
  return made;
}

}  // namespace

struct pseudonym_maker::keyed {
  mac_state state;
};

pseudonym_maker::pseudonym_maker(std::string_view key)
    : keyed_(std::make_unique<const keyed>(keyed{take_in(key)})) {}
pseudonym_maker::~pseudonym_maker() = default;

std::string pseudonym_maker::of(std::string_view patient) const {
  constexpr std::string_view digits = "0123456789abcdef";
  constexpr std::size_t kept = 16;
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  std::size_t size = 0;
  const mac_state state(EVP_MAC_CTX_dup(keyed_->state.get()));
  const auto* text = reinterpret_cast<const unsigned char*>(patient.data());
  const bool made = state != nullptr && EVP_MAC_update(state.get(), text, patient.size()) == 1 &&
                    EVP_MAC_final(state.get(), mac.data(), &size, mac.size()) == 1 && size >= kept;
  EPICENTER_CHECK(made, "a key that was taken in makes pseudonyms");
  std::string hex;
  hex.reserve(2 * kept);
  for (std::size_t i = 0; i < kept; ++i) {
    hex += digits[mac.at(i) >> 4U];
    hex += digits[mac.at(i) & 15U];
  }
  return hex;
}

std::string pseudonym(std::string_view key, std::string_view patient) {
  return pseudonym_maker(key).of(patient);
}

}  // namespace epicenter::audit
