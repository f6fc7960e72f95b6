// Epic's own levers: what a test can make the mock do beyond answering well. Each is a lease.
#pragma once

#include <cstdint>
#include <epicenter/base/result.hpp>
#include <epicenter/base/time.hpp>
#include <epicenter/json/value.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace epicenter::mock {

enum class lever_errc {
  unknown_type = 1,  ///< no lever of that name
  bad_parameter,     ///< a parameter is missing, unknown or of the wrong kind
  not_found,         ///< no lever of that id is active
  exists,            ///< a lever of that id is active already
  too_many,          ///< the bound on levers active at once is reached
};
std::error_code make_error_code(lever_errc);

/// Which requests a lever acts on. An absent part takes every request; counts apply to what the other parts
/// let through, and the rate to what the counts let through.
struct lever_match {
  std::optional<std::string> operation;  ///< "order-lab": see operation_of in call_filter.hpp
  std::optional<std::string> method;
  std::optional<std::string> path;    ///< glob over the path without query: * within a segment, ** across
  std::optional<std::string> header;  ///< "Name", or "Name: value" with a glob for the value
  std::optional<std::string> client;  ///< the value of Epic-Client-ID
  std::optional<std::uint64_t> first, nth, every, after;
  std::int64_t rate_ppm = 1'000'000;  ///< share of what is left, in parts per million
  friend bool operator==(const lever_match&, const lever_match&) = default;
};

struct lever_spec {
  std::string id;    ///< unique among the active ones
  std::string type;  ///< "token_expiry"
  json::object parameters;
  duration lease = 5s;
  lever_match match{};
};

struct lever_status {
  std::string id;
  std::string type;
  std::uint64_t touched = 0;   ///< what it could have acted on: tokens, requests
  std::uint64_t injected = 0;  ///< what it did act on
  duration lease_left{};
  std::uint64_t skipped = 0;  ///< what counts or rate spared
  json::object details{};     ///< figures of its own, by name
};

/// The levers of one mock. A lever that is an instant (token_expiry: every token issued so far expires now;
/// tokens issued later are valid) acts when applied and stays listed until its lease ends, so that its
/// counters can be read.
class lever_board {
 public:
  virtual ~lever_board() = default;
  virtual result<> apply(lever_spec) = 0;
  virtual result<> renew(std::string_view id, duration lease) = 0;
  /// The last counters, also of one that its lease has ended meanwhile (once; the latest 256 are kept).
  virtual result<lever_status> remove(std::string_view id) = 0;
  virtual void clear() = 0;
  virtual std::vector<lever_status> status() const = 0;
};

}  // namespace epicenter::mock

template <>
struct std::is_error_code_enum<epicenter::mock::lever_errc> : std::true_type {};
