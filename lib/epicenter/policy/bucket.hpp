// Which users a percentage means.
#pragma once

#include <cstdint>
#include <string_view>

namespace epicenter::policy {

/// Shares are counted in basis points, hundredths of a percent.
inline constexpr int whole = 10'000;

/// The first half of the hash: depends on the flag alone, so that it can be kept.
std::uint64_t bucket_seed(std::string_view flag_name);
/// 0 to 9999. FNV-1a (64 bits) over the flag's name, one byte 0x1F and the user's name; then the finaliser of
/// MurmurHash3 (fmix64); then the upper 32 bits times 10000 by 2^32. Part of the contract: the same in every
/// version and on every machine, so that a user stays in the half of an A/B test that he was in. A user's
/// buckets for two flags are independent.
int bucket_of(std::uint64_t seed, std::string_view user);

}  // namespace epicenter::policy
