#include <epicenter/policy/bucket.hpp>

namespace epicenter::policy {
namespace {

constexpr std::uint64_t fnv_offset = 0xCBF29CE484222325ULL;
constexpr std::uint64_t fnv_prime = 0x100000001B3ULL;

std::uint64_t fnv(std::uint64_t hash, std::string_view bytes) {
  for (const char c : bytes) {
    hash ^= static_cast<unsigned char>(c);
    hash *= fnv_prime;
  }
  return hash;
}

// FNV's upper bits hardly depend on the last bytes; without this, user_1 and user_2 share a bucket.
std::uint64_t mixed(std::uint64_t h) {
  h ^= h >> 33U;
  h *= 0xFF51AFD7ED558CCDULL;
  h ^= h >> 33U;
  h *= 0xC4CEB9FE1A85EC53ULL;
  h ^= h >> 33U;
  return h;
}

}  // namespace

std::uint64_t bucket_seed(std::string_view flag_name) {
  return fnv(fnv(fnv_offset, flag_name), "\x1F");
}

int bucket_of(std::uint64_t seed, std::string_view user) {
  return static_cast<int>(((mixed(fnv(seed, user)) >> 32U) * static_cast<std::uint64_t>(whole)) >> 32U);
}

}  // namespace epicenter::policy
