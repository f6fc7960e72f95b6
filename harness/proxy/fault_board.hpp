// The faults of one proxy that are active now: applied, renewed, ended, and asked in the order of the chain.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "harness/proxy/active_fault.hpp"
#include "harness/proxy/proxy.hpp"

namespace epicenter::proxy {

/// A fault that hit a request, and which of those that matched it was.
struct chosen_fault {
  active_fault_ptr fault;
  std::uint64_t ordinal = 0;
};

/// What the chain decided about one request. Delays of several faults add up; the first verdict other than a
/// delay ends the chain.
struct request_plan {
  duration delay{};
  std::vector<active_fault_ptr> delaying;
  faults::request_verdict verdict;  ///< never a delay
  active_fault_ptr decider;         ///< whose the verdict is, where it is not pass
  std::vector<chosen_fault> on_response;
};

struct delay_plan {
  duration delay{};
  std::vector<active_fault_ptr> delaying;
};

/// What all connections are subject to.
enum class link_state { normal, held, refused, reset };

/// No I/O: whoever owns the board is told by `changed` when what it decides has become different, and asks it
/// when a lease is due.
class fault_board {
 public:
  static constexpr std::size_t max_faults = 64;
  static constexpr duration longest_lease = 1h;

  fault_board(runtime::runtime&, std::function<void()> changed);

  result<> apply(faults::fault_spec);
  result<> renew(std::string_view id, duration lease);
  /// errc::fault_not_found for an id that was never seen; the last counters of those that ended are kept for
  /// the latest 256.
  result<faults::fault_status> remove(std::string_view id);
  void clear();
  std::vector<faults::fault_status> status() const;

  /// When the next lease ends; runtime::never where there is none.
  instant next_expiry() const;
  void end_expired();

  /// Reset and refused come before held: the strongest fault shows.
  link_state state() const { return state_; }
  bool held() const { return state_ == link_state::held; }
  /// The fault that makes the state; null where it is normal.
  const active_fault_ptr& state_fault() const { return state_fault_; }

  bool empty() const { return chain_.empty(); }
  request_plan decide_request(const faults::call&);
  delay_plan decide_response(const std::vector<chosen_fault>& chosen, const http::response&);
  delay_plan decide_chunk(std::size_t bytes);

 private:
  using chain = std::vector<active_fault_ptr>;
  chain::iterator find(std::string_view id);
  void end(chain::iterator);
  void update_state();
  faults::fault_status status_of(const active_fault&) const;

  runtime::runtime& runtime_;
  std::function<void()> changed_;
  chain chain_;  ///< by place in the catalog, then by age
  link_state state_ = link_state::normal;
  active_fault_ptr state_fault_;
  std::deque<faults::fault_status> ended_;
};

}  // namespace epicenter::proxy
