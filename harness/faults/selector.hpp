// Which calls a fault hits.
#pragma once

#include <atomic>

#include "harness/faults/errc.hpp"
#include "harness/faults/fault.hpp"
#include "harness/faults/injector.hpp"

namespace epicenter::faults {

/// How the strength of a fault changes with time: from 0 to full within `in` of its start, and back to 0
/// within `out` before its end. The strength multiplies the rate.
struct ramp {
  instant start{};
  duration in{}, out{};
  std::optional<duration> lasting;

  /// From 0 to 1.
  double strength(instant now) const;
};

/// Counts the calls that match and chooses among them. The order of the questions is: the call's own
/// properties, then the counts (all that are given must hold), then the rate. Whether the n-th call is hit
/// depends on the seed and on n alone: the same on one thread as on many. Thread-safe.
class selector {
 public:
  enum class choice {
    no_match,  ///< not one of the calls meant
    spared,    ///< meant, and spared by count or rate
    hit
  };
  struct chosen {
    choice what = choice::no_match;
    std::uint64_t ordinal = 0;  ///< which of the calls that matched, from 1
  };
  selector(selection, ramp, std::uint64_t seed);

  chosen select(const call&);
  /// For bytes that are no calls: no property can match, counts and rate hold.
  chosen select_chunk(instant now);
  /// For whole connections: only the client's address can match, counts and rate hold.
  chosen select_connection(std::string_view peer, instant now);
  /// True where every call is meant and none is spared: only then a fault may act on the listener.
  bool takes_everything() const;
  /// True where the selection asks for what only a request has: operation, method, path, header, body.
  bool needs_requests() const;
  bool needs_body() const { return selection_.body.has_value(); }

 private:
  bool matches(const call&) const;
  bool client_matches(const call&) const;
  bool body_matches(const call&) const;
  chosen counted(instant now);

  selection selection_;
  ramp ramp_;
  std::uint64_t seed_;
  std::string header_name_, body_path_;
  std::optional<std::string> header_value_, body_value_;
  std::atomic<std::uint64_t> matched_{0};
};

/// errc::bad_selection where a count is 0, the rate outside 0 to 1, or a pattern longer than 1024 characters.
result<> check_selection(const selection&);

}  // namespace epicenter::faults
