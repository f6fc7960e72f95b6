// How the engine has faults carried out: one interface over proxy and mock, embedded or in processes of their
// own.
#pragma once

#include <cstdint>
#include <epicenter/base/units.hpp>
#include <epicenter/json/value.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <optional>
#include <string>
#include <vector>

namespace epicenter::faults {

/// Which calls a fault hits. An absent part matches everything; counts apply to what the other parts let
/// through.
struct selection {
  std::optional<std::string> operation;  ///< "order-lab": see operation.hpp
  std::optional<std::string> method;
  std::optional<std::string> path;    ///< glob over the path without query: * within a segment, ** across
  std::optional<std::string> header;  ///< "Name" or "Name: value"
  std::optional<std::string> client;  ///< Epic-Client-ID, or the peer's address
  std::optional<std::string> body;    ///< "path" or "path: value" in the JSON body of the request:
                                    ///< resourceType, identifier.0.value, subject.reference: *Patient/e5*
  std::optional<std::uint64_t> first, nth, every, after;
  share rate{1'000'000};  ///< share of the matching calls that is hit
};

/// One fault to carry out from now on.
struct fault_spec {
  std::string id;           ///< chosen by the caller, unique among the faults active
  std::string type;         ///< "outage"
  json::object parameters;  ///< as the catalog's schema of the type says; durations in nanoseconds
  selection match;
  std::string route;                ///< name of the proxy that it acts on; empty: all
  duration ramp_in{}, ramp_out{};   ///< the rate grows from 0, and falls to 0 before `lasting` is over
  std::optional<duration> lasting;  ///< when it is to end; only ramp_out needs to know
  std::uint64_t max_active = 0;  ///< calls or connections held or delayed at once; beyond it they are spared;
                                 ///< 0: no bound
  bool last = false;             ///< acts behind the faults that are ordered by the catalog, in the order of
                                 ///< age: toxics
  duration lease = 5s;           ///< the fault ends by itself this long after apply or the last renew
};

struct fault_status {
  std::string id;
  std::string type;
  std::uint64_t touched = 0;   ///< calls (or connections) that matched
  std::uint64_t injected = 0;  ///< of these, hit
  std::uint64_t skipped = 0;   ///< of these, spared by rate, count or max_active
  std::uint64_t active = 0;    ///< being held or delayed now
  duration lease_left{};
};

class injector {
 public:
  virtual ~injector() = default;
  virtual runtime::task<result<>> apply(fault_spec) = 0;
  /// Extends the lease of a fault that is still there; an error where it has ended.
  virtual runtime::task<result<>> renew(std::string id, duration lease) = 0;
  /// Ends the fault; true success also where it had ended already. Its last counters are returned.
  virtual runtime::task<result<fault_status>> remove(std::string id) = 0;
  /// Every fault that is active now.
  virtual runtime::task<result<std::vector<fault_status>>> status() = 0;
};

}  // namespace epicenter::faults
