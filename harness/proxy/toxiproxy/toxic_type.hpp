// What a type of toxic is: its attributes, and the fault of ours that carries it out.
#pragma once

#include <cstdint>
#include <epicenter/json/value.hpp>
#include <span>
#include <string>
#include <string_view>

namespace epicenter::proxy::toxiproxy {

/// One attribute of a toxic: an integer of 64 bits, 0 where it is not given.
struct attribute {
  std::string_view name;
  std::string_view unit;               ///< "ms", "us", "kB/s", "bytes": for people
  std::string_view go_type = "int64";  ///< as the original's errors name it
};

/// The values in the order of the type's attributes. Negative ones act as 0.
using attribute_values = std::span<const std::int64_t>;

/// What the proxy is to carry out for a toxic.
struct mapped_fault {
  std::string type;
  json::object parameters;  ///< durations in nanoseconds, sizes in bytes
};

struct toxic_type {
  std::string_view name;     ///< "latency"
  std::string_view go_name;  ///< "LatencyToxic": what the original's errors call it
  std::span<const attribute> attributes;
  /// direction: "request" for the stream upstream, "response" for downstream.
  mapped_fault (*fault_for)(attribute_values, std::string_view direction);
  /// Why these values cannot be carried out; empty where they can. Null: all can.
  std::string_view (*objection)(attribute_values) = nullptr;
};

/// Every type, in the order of the original's documentation. A new one is its own file in toxics/ and one
/// line in toxics/catalog.cpp.
std::span<const toxic_type* const> toxic_types();
/// The type of that name, or nullptr.
const toxic_type* find_toxic_type(std::string_view name);

/// What faults take at most.
inline constexpr std::int64_t largest_size = 1'000'000'000'000;

/// As parameters want them: from 0 to a week, or to 1 TB; what lies beyond is as good as the nearest of
/// these.
json::value milliseconds(std::int64_t);
json::value microseconds(std::int64_t);
json::value kilobytes(std::int64_t);  ///< of 1000 bytes
json::value bytes(std::int64_t);

}  // namespace epicenter::proxy::toxiproxy
