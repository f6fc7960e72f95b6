// Applies an experiment's faults at their times, keeps their leases alive, and takes them away.
#pragma once

#include <epicenter/runtime/task.hpp>

#include "harness/engine/recorder.hpp"
#include "harness/engine/rig.hpp"
#include "harness/scenario/model.hpp"

namespace epicenter::engine {

class fault_timeline {
 public:
  fault_timeline(runtime::runtime&, rig&, recorder&, duration lease);

  /// Carries the faults out from `start` to `end`; returns when all are gone. The first error to apply or
  /// renew one ends its fault and is kept.
  runtime::task<> run(const scenario::experiment&, instant start, instant end);
  /// All faults away now, at whatever point run() is.
  void stop();
  /// Asks proxy and mock whether nothing is injected any more; removes what is, and asks again.
  runtime::task<result<>> confirm_rollback();

  const std::vector<reports::fault_record>& records() const { return records_; }
  const std::optional<error>& first_error() const { return first_error_; }

 private:
  runtime::task<> carry_out(const scenario::fault&, std::size_t record, instant start, instant end);
  runtime::task<result<>> wait_for_start(const scenario::fault&, instant at, instant end);
  runtime::task<> hold(faults::injector&, std::string id, instant until);
  /// The last counters of a fault, which bears its name as its id.
  void take_counters(const faults::fault_status&);
  faults::injector& carrier_of(const scenario::fault&);
  void failed(const scenario::fault&, const char* what, error);

  runtime::runtime& runtime_;
  rig& rig_;
  recorder& recorder_;
  duration lease_;
  runtime::task_group running_;
  std::vector<reports::fault_record> records_;
  std::optional<error> first_error_;
  bool stopped_ = false;
};

/// The fault as the injector takes it. Pure.
faults::fault_spec spec_of(const scenario::fault&, duration lease);

}  // namespace epicenter::engine
