// The last injections, so that a person can tell an injected failure from an organic one.
#pragma once

#include <deque>
#include <epicenter/base/time.hpp>
#include <mutex>
#include <string>
#include <vector>

namespace epicenter::proxy {

struct injection {
  std::uint64_t number = 0;  ///< from 1, without gaps: what is missing has left the ring
  wall_time at{};
  std::string fault, type, route;
  std::uint64_t connection = 0;
  std::string request;  ///< X-Request-Id as it was sent, cut at 128 bytes; empty where there is none
};

/// Bounded and thread-safe. Only what a fault hits comes here.
class injection_log {
 public:
  static constexpr std::size_t kept = 1024;

  void add(injection);
  /// The newest last.
  std::vector<injection> latest(std::size_t at_most = kept) const;

 private:
  mutable std::mutex guard_;
  std::deque<injection> ring_;
  std::uint64_t last_number_ = 0;
};

}  // namespace epicenter::proxy
