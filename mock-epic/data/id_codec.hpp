// FHIR ids that tell the server which chart holds the resource, and tell nobody else anything.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace epicenter::mock::data {

/// The resource that an id names: the chart's number, and the resource's within the chart.
struct id_content {
  std::uint32_t chart = 0;
  std::uint32_t ordinal = 0;
  friend bool operator==(const id_content&, const id_content&) = default;
};

/// Ids look as Epic's do ("eq081-VQEgP8drUUqCWzHfw3"). Each is one block of a keyed permutation, so that a
/// hospital of any size finds a resource by its id without an index: without it, reading one resource of a
/// hundred thousand charts would need every chart in memory. No secrecy is claimed: these are synthetic
/// patients.
class id_codec {
 public:
  explicit id_codec(std::uint64_t seed);
  std::string encode(id_content) const;
  /// Nothing where this codec never made the id (a false acceptance takes 2^64 tries on average).
  std::optional<id_content> decode(std::string_view id) const;

 private:
  std::uint64_t round(std::uint64_t half, std::size_t number) const;
  std::uint64_t seed_;
};

}  // namespace epicenter::mock::data
