// Processors that never sleep, as those of a busy server: what a call costs is measured, and not what it
// costs to wake a processor, to find its caches cold, and to wait for the host of a virtual machine.
#pragma once

#include <sched.h>

#include <atomic>
#include <epicenter/runtime/real/runtime_team.hpp>
#include <epicenter/runtime/task.hpp>
#include <stdexcept>
#include <vector>

namespace epicenter::epic {

/// Those this process may use.
inline std::vector<std::size_t> usable_processors() {
  cpu_set_t usable;
  if (::sched_getaffinity(0, sizeof usable, &usable) != 0) throw std::runtime_error("sched_getaffinity");
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < CPU_SETSIZE; ++i)
    if (CPU_ISSET(i, &usable)) found.push_back(i);
  return found;
}

/// Spins on the processor until it is over, in the scheduler's idle class (sched(7), SCHED_IDLE): any other
/// thread displaces this one at once.
inline runtime::task<> spin_on(std::size_t processor, const std::atomic<bool>& over) {
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(processor, &only);
  const sched_param none{};
  // A spinning thread of an ordinary class would disturb what is measured.
  if (::sched_setscheduler(0, SCHED_IDLE, &none) != 0 || ::sched_setaffinity(0, sizeof only, &only) != 0)
    throw std::runtime_error("a processor cannot be kept awake");
  while (!over.load(std::memory_order_relaxed)) {
  }
  co_return;
}

/// Each of the team's loops from `first` on, one for each processor, keeps its own awake until it is over.
inline void keep_awake(runtime::runtime_team& team, std::size_t first,
                       const std::vector<std::size_t>& processors, const std::atomic<bool>& over) {
  for (std::size_t i = 0; i < processors.size(); ++i)
    runtime::spawn(team.at(first + i), "awake", spin_on(processors[i], over));
}

}  // namespace epicenter::epic
