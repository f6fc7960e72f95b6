// The kinds of endpoint that fail, and are protected, independently of each other.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace epicenter::resilience {

/// Every policy object belongs to one (tenant base URL, endpoint class), never to a patient or a URL.
enum class endpoint_class : std::uint8_t { read, search, write, bulk, token, metadata };

inline constexpr std::size_t endpoint_class_count = 6;
inline constexpr std::array<endpoint_class, endpoint_class_count> all_endpoint_classes{
    endpoint_class::read, endpoint_class::search, endpoint_class::write,
    endpoint_class::bulk, endpoint_class::token,  endpoint_class::metadata};

constexpr std::size_t index_of(endpoint_class c) {
  return static_cast<std::size_t>(c);
}

/// "read", "search", "write", "bulk", "token", "metadata".
std::string_view name_of(endpoint_class);
std::optional<endpoint_class> endpoint_class_named(std::string_view);

}  // namespace epicenter::resilience
