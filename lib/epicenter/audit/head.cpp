#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <epicenter/audit/chain.hpp>
#include <epicenter/audit/head.hpp>
#include <epicenter/base/check.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>
#include <epicenter/store/private_file.hpp>
#include <fstream>

namespace epicenter::audit {
namespace {

constexpr std::size_t seed_bytes = 32;
constexpr std::size_t signature_bytes = 64;

struct context_deleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using context_ptr = std::unique_ptr<EVP_MD_CTX, context_deleter>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

json::object to_object(const signed_head& head) {
  return json::object{{"at", std::to_string(head.at.time_since_epoch().count())},
                      {"hash", to_hex(head.hash)},
                      {"log", head.log_id},
                      {"seq", head.seq}};
}

result<> append_line(const std::string& path, const std::string& line) {
  const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
  const store::descriptor file(::open(path.c_str(), flags, S_IRUSR | S_IWUSR));
  const bool written = file.get() >= 0 && ::fchmod(file.get(), S_IRUSR | S_IWUSR) == 0 &&
                       ::write(file.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
                       ::fsync(file.get()) == 0;
  if (!written) return fail(errc::unavailable, std::string("cannot keep a head: ") + std::strerror(errno));
  return {};
}

}  // namespace

std::string text_to_sign(const signed_head& head) {
  return json::write(json::value(to_object(head)));
}

void head_key::key_deleter::operator()(void* key) const {
  EVP_PKEY_free(static_cast<EVP_PKEY*>(key));
}

result<head_key> head_key::from_seed(const secret& seed) {
  if (seed.reveal().size() != seed_bytes) return fail(errc::wrong_key, "a head key has 32 bytes");
  EVP_PKEY* made =
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(seed.reveal()), seed_bytes);
  EPICENTER_CHECK(made != nullptr, "Ed25519 is not available");
  head_key key;
  key.key_ = std::shared_ptr<void>(made, key_deleter{});
  key.public_.resize(seed_bytes);
  std::size_t size = seed_bytes;
  EVP_PKEY_get_raw_public_key(made, reinterpret_cast<unsigned char*>(key.public_.data()), &size);
  return key;
}

std::string head_key::sign(std::string_view text) const {
  const context_ptr context(EVP_MD_CTX_new());
  std::string signature(signature_bytes, '\0');
  std::size_t size = signature.size();
  auto* key = static_cast<EVP_PKEY*>(key_.get());
  const bool done = EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
                    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                                   bytes_of(text), text.size()) == 1;
  EPICENTER_CHECK(done && size == signature_bytes, "Ed25519 does not sign");
  return signature;
}

bool is_signed_by(const signed_head& head, std::string_view public_key) {
  if (public_key.size() != seed_bytes || head.signature.size() != signature_bytes) return false;
  const std::shared_ptr<EVP_PKEY> key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(public_key), public_key.size()),
      EVP_PKEY_free);
  const context_ptr context(EVP_MD_CTX_new());
  const std::string text = text_to_sign(head);
  return key && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(head.signature), head.signature.size(), bytes_of(text),
                          text.size()) == 1;
}

std::string to_line(const signed_head& head) {
  auto line = to_object(head);
  line.set("signature", to_hex(head.signature));
  return json::write(json::value(std::move(line)));
}

result<signed_head> head_from_line(std::string_view line) {
  const auto damaged = [] { return fail(errc::unavailable, "a head is damaged"); };
  const auto parsed = json::parse(line);
  if (!parsed) return damaged();
  const json::value* seq = parsed->find("seq");
  const auto number = seq == nullptr ? result<std::int64_t>(fail(errc::unavailable)) : seq->to_int64();
  const auto at = json::value(json::number{std::string(parsed->string_at("at"))}).to_int64();
  if (!number || *number < 1 || !at) return damaged();
  signed_head head;
  head.log_id = parsed->string_at("log");
  head.seq = static_cast<std::uint64_t>(*number);
  head.at = wall_time(duration(*at));
  head.hash = from_hex(parsed->string_at("hash"));
  head.signature = from_hex(parsed->string_at("signature"));
  if (head.hash.size() != hash_bytes || head.signature.size() != signature_bytes) return damaged();
  return head;
}

head_exporter export_to_file(std::string path) {
  // A newline before as well as after: what follows a line that was cut short is whole again.
  return [path = std::move(path)](const signed_head& head) {
    return append_line(path, '\n' + to_line(head) + '\n');
  };
}

result<kept_heads> read_heads(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(errc::unavailable, "cannot read the heads");
  kept_heads kept;
  std::string line;
  while (std::getline(file, line)) {
    if (line.empty()) continue;
    auto head = head_from_line(line);
    if (head) {
      kept.heads.push_back(std::move(*head));
    } else {
      ++kept.unreadable;
    }
  }
  return kept;
}

}  // namespace epicenter::audit
