// Bytes between two connections that nobody looks at: moved by the kernel where it can.
#pragma once

#include <atomic>
#include <cstdint>
#include <epicenter/base/error.hpp>
#include <functional>
#include <memory>
#include <string>

namespace epicenter::runtime {

/// Bytes read and written so far, from a to b and back. Written by the loop that relays, read by anyone.
struct relay_counters {
  std::atomic<std::uint64_t> forward_read{0}, forward_written{0};
  std::atomic<std::uint64_t> backward_read{0}, backward_written{0};
};

/// Adds where only one thread writes: no locked instruction.
inline void add_to(std::atomic<std::uint64_t>& counter, std::uint64_t n) {
  counter.store(counter.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
}

/// How an unseen relay stands when it has stopped.
struct unseen_outcome {
  enum class why {
    interrupted,  ///< both streams are as usable as before
    ended,        ///< both directions ended by FIN, which was passed on
    broken        ///< one of them was reset, or failed
  };
  why reason = why::interrupted;
  bool a_ended = false, b_ended = false;    ///< the end of the stream was read from that side
  bool fin_to_b = false, fin_to_a = false;  ///< and was passed on
  std::string forward_rest, backward_rest;  ///< bytes that were read and not written yet
};

/// Runs from its making until done(). Holds at most 1 MiB of either direction, in a pipe of the kernel.
/// While it runs nobody uses the streams; they outlive it. Used on its runtime's thread.
class unseen_relay {
 public:
  virtual ~unseen_relay() = default;
  /// Stops at once: done() is true when this returns, and the outcome stands. Idempotent.
  virtual void interrupt() = 0;
  virtual bool done() const = 0;
  virtual unseen_outcome& outcome() = 0;
};
using unseen_relay_ptr = std::unique_ptr<unseen_relay>;

}  // namespace epicenter::runtime
