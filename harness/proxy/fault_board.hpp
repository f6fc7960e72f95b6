// The faults of a proxy as its control side knows them: applied, renewed, changed, ended.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "harness/proxy/active_fault.hpp"
#include "harness/proxy/fleet.hpp"

namespace epicenter::proxy {

/// The faults that are active, in the order of the chain. Never changed once made: every loop has the one
/// that it was given last.
using fault_list = std::vector<active_fault_ptr>;
using fault_list_ptr = std::shared_ptr<const fault_list>;

/// No I/O, and no loops: whoever owns the board publishes faults() after each change, and asks end_expired
/// when a lease is due.
class fault_board {
 public:
  static constexpr std::size_t max_faults = 256;
  static constexpr duration longest_lease = 1h;

  explicit fault_board(runtime::runtime&);

  result<> apply(faults::fault_spec);
  result<> renew(std::string_view id, duration lease);
  /// In place: see fleet::replace.
  result<> replace(faults::fault_spec);
  /// errc::fault_not_found for an id that was never seen; the last counters of those that ended are kept for
  /// the latest 256.
  result<faults::fault_status> remove(std::string_view id);
  /// True where there was a fault.
  bool clear();
  /// Ends what acts on that route alone; true where there was any.
  bool clear_route(std::string_view route);
  std::vector<faults::fault_status> status() const;
  faults::fault_status status_of(const active_fault&) const;
  /// Null where no fault of that id is active.
  active_fault_ptr at(std::string_view id) const;

  const fault_list_ptr& faults() const { return faults_; }
  /// When the next lease ends; runtime::never where there is none.
  instant next_expiry() const;
  /// True where a lease has ended.
  bool end_expired();

 private:
  fault_list::const_iterator find(std::string_view id) const;
  result<active_fault_ptr> make(faults::fault_spec, std::uint64_t version) const;
  void end(const active_fault_ptr&);
  template <class Which>
  bool end_where(Which);
  void publish(fault_list next) { faults_ = std::make_shared<const fault_list>(std::move(next)); }

  runtime::runtime& runtime_;
  fault_list_ptr faults_;
  std::deque<faults::fault_status> ended_;
};

}  // namespace epicenter::proxy
