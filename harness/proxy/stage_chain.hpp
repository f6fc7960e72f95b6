// The stages of the faults on one direction of one connection, run one after the other.
#pragma once

#include <epicenter/runtime/runtime.hpp>
#include <memory>
#include <vector>

#include "harness/proxy/active_fault.hpp"

namespace epicenter::proxy {

/// The faults that delay or hold something: one bit each.
using fault_mask = std::uint32_t;

struct live_stage {
  active_fault_ptr fault;
  std::unique_ptr<faults::stage> behaviour;
  fault_mask bit = 0;
  std::shared_ptr<const holding> held;  ///< counts the fault as active, once for all that share it
};
using live_stages = std::vector<live_stage>;

/// What comes out behind the last stage.
class stage_sink {
 public:
  virtual void out_bytes(std::size_t, instant at, fault_mask by) = 0;
  virtual void out_dropped(std::size_t) = 0;
  virtual void out_end_of_stream(instant at, fault_mask by) = 0;
  virtual void out_close(instant at, fault_mask by) = 0;
  virtual void out_reset(instant at, fault_mask by) = 0;

 protected:
  ~stage_sink() = default;
};

/// Runs what comes in through all stages at once; nothing is kept here. `at` is when it came in.
void run_bytes(live_stages&, std::size_t bytes, instant at, fault_mask by, stage_sink&);
void run_end(live_stages&, instant at, fault_mask by, stage_sink&);
/// The stage begins to act; what it lets out goes through those behind it.
void run_begin(live_stages&, std::size_t which, instant now, stage_sink&);

}  // namespace epicenter::proxy
