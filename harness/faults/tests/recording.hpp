// A stage at work without a connection: what it let out, and when.
#pragma once

#include <algorithm>
#include <epicenter/json/parse.hpp>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/faults/catalog.hpp"

namespace epicenter::faults::testing {

inline instant at(duration since_start) {
  return instant(since_start);
}

struct piece {
  std::size_t bytes = 0;
  instant when;
  friend bool operator==(const piece&, const piece&) = default;
};

struct recording final : outflow {
  void pass(std::size_t bytes, instant when) override { passed.push_back({bytes, when}); }
  void drop(std::size_t bytes) override { dropped += bytes; }
  void end_of_stream(instant when) override { ended = when; }
  void close(instant when) override { closed = when; }
  void reset(instant when) override { was_reset = when; }

  std::size_t bytes() const {
    std::size_t sum = 0;
    for (const auto& one : passed) sum += one.bytes;
    return sum;
  }
  /// Bytes that left until then, that moment included.
  std::size_t bytes_until(instant when) const {
    std::size_t sum = 0;
    for (const auto& one : passed) sum += one.when <= when ? one.bytes : 0;
    return sum;
  }

  std::vector<piece> passed;
  std::size_t dropped = 0;
  std::optional<instant> ended, closed, was_reset;
};

inline std::unique_ptr<fault> made(std::string_view type, std::string_view parameters) {
  return make_fault(*find(type), *json::parse(parameters).value().if_object()).value();
}

inline std::unique_ptr<stage> stage_of(fault& of, flow direction = flow::downstream, std::uint64_t seed = 7) {
  return of.make_stage(direction, runtime::random_stream(seed));
}

inline std::unique_ptr<stage> stage_of(std::string_view type, std::string_view parameters,
                                       flow direction = flow::downstream) {
  return stage_of(*made(type, parameters), direction);
}

}  // namespace epicenter::faults::testing
