// Sleeping tasks and modelled latencies of the virtual runtime.
#pragma once

#include <epicenter/runtime/virtual/simulation.hpp>
#include <memory>
#include <vector>

namespace epicenter::runtime {

using call_handler = boost::asio::any_completion_handler<void()>;

/// Makes and reuses the timers' memory: programs sleep a lot.
class timer_set {
 public:
  explicit timer_set(simulation& world);
  ~timer_set();
  timer_set(const timer_set&) = delete;
  timer_set& operator=(const timer_set&) = delete;

  void wait_until(instant due, wait_handler);
  /// Not cancellable.
  void call_at(instant due, call_handler);

 private:
  class timer;
  class call;
  simulation& world_;
  std::vector<std::unique_ptr<timer>> timers_;
  std::vector<timer*> free_;
  std::vector<std::unique_ptr<call>> calls_;
  std::vector<call*> free_calls_;
};

}  // namespace epicenter::runtime
