// Several single-threaded worlds at once, a thread each: how a program uses more than one core.
#pragma once

#include <epicenter/runtime/real/real_runtime.hpp>
#include <memory>
#include <vector>

namespace epicenter::runtime {

/// How many processors there are to run on; at least 1.
std::size_t processor_count();

/// All runtimes have one epoch, so that instants of one compare with those of another. They share nothing
/// else: what several of them use is guarded by whoever owns it. Runtime 0 runs on the thread that calls
/// run().
class runtime_team {
 public:
  /// At least one runtime. The options are those of runtime 0; the others draw their seed from its seed.
  explicit runtime_team(std::size_t size, real_options = {});
  ~runtime_team();
  runtime_team(const runtime_team&) = delete;
  runtime_team& operator=(const runtime_team&) = delete;

  std::size_t size() const { return members_.size(); }
  real_runtime& at(std::size_t number) { return *members_.at(number); }

  /// Listens once for all: one listener for each runtime, in their order, and new connections go to them in
  /// turn. Every connection to the endpoint is taken while any of them is open; a runtime whose listener is
  /// closed gets none, and runtime 0 runs until all are closed. Called before run(); each listener is used on
  /// its runtime's thread.
  result<std::vector<listener_ptr>> listen(const endpoint&);

  /// Runs every runtime until none has a task left. What a task throws in any of them stops them all and is
  /// rethrown here, the lowest number's first. Called once.
  void run();
  /// Ends run() soon. May be called from any thread.
  void stop();

 private:
  std::vector<std::unique_ptr<real_runtime>> members_;
};

}  // namespace epicenter::runtime
