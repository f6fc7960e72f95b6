#include <openssl/evp.h>

#include <array>
#include <epicenter/audit/chain.hpp>
#include <epicenter/base/check.hpp>
#include <epicenter/json/utf8.hpp>
#include <epicenter/json/write.hpp>

namespace epicenter::audit {
namespace {

std::string sha256(std::string_view text) {
  std::array<unsigned char, hash_bytes> digest{};
  unsigned size = 0;
  const int done = EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  EPICENTER_CHECK(done == 1 && size == hash_bytes, "SHA-256 is not available");
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

void add_member(std::string& to, std::string_view name, std::string_view text) {
  if (to.back() != '{') to += ',';
  to.append("\"").append(name).append("\":").append(json::quote(text));
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

std::string canonical(const entry& what, std::string_view sealed) {
  std::string text("{");
  add_member(text, "at", std::to_string(what.at.time_since_epoch().count()));
  add_member(text, "details", what.details);
  if (what.disclosed) {
    text += ",\"disclosure\":{";
    add_member(text, "address", what.disclosed->address);
    add_member(text, "description", what.disclosed->description);
    add_member(text, "exception", what.disclosed->exception);
    add_member(text, "purpose", what.disclosed->purpose);
    add_member(text, "recipient", what.disclosed->recipient);
    text += '}';
  }
  add_member(text, "patient", what.patient);
  add_member(text, "result", what.result);
  add_member(text, "sealed", to_hex(sealed));
  text += ",\"seq\":" + std::to_string(what.seq);
  add_member(text, "stage", what.stage == stage::intent ? "intent" : "outcome");
  add_member(text, "subject", what.subject);
  add_member(text, "type", what.type);
  add_member(text, "user", what.user);
  text += '}';
  return text;
}

std::string next_hash(std::string_view previous, std::string_view canonical_text) {
  std::string whole;
  whole.reserve(previous.size() + 8 + canonical_text.size());
  whole.append(previous);
  for (int shift = 56; shift >= 0; shift -= 8) {
    whole += static_cast<char>((std::uint64_t{canonical_text.size()} >> static_cast<unsigned>(shift)) & 0xFF);
  }
  whole.append(canonical_text);
  return sha256(whole);
}

std::string first_hash(std::string_view log_id) {
  return sha256("the audit log " + std::string(log_id));
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += digits[byte >> 4U];
    hex += digits[byte & 15U];
  }
  return hex;
}

std::string from_hex(std::string_view text) {
  std::string bytes;
  if (text.size() % 2 != 0) return bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit_of(text[i]);
    const int low = digit_of(text[i + 1]);
    if (high < 0 || low < 0) return {};
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::string clean(std::string_view text) {
  constexpr std::string_view replacement = "\xEF\xBF\xBD";
  std::string good;
  good.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = json::utf8_length(text, i);
    good.append(length == 0 ? replacement : text.substr(i, length));
    i += length == 0 ? 1 : length;
  }
  return good;
}

}  // namespace epicenter::audit
