// One lazy timer a connection in place of one a wait: moving the deadline later costs nothing, which is what
// almost every exchange does.
#pragma once

#include <epicenter/runtime/runtime.hpp>
#include <epicenter/runtime/task.hpp>
#include <functional>
#include <memory>

namespace epicenter::http {

class watchdog {
 public:
  /// Calls on_expired, from the event loop, once the deadline has passed; it may destroy the watchdog.
  watchdog(runtime::runtime&, std::function<void()> on_expired);
  ~watchdog();
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

  void set(instant deadline);
  void clear() { deadline_ = runtime::never; }

 private:
  struct timer;
  void arm(instant);
  void disarm();
  void fired();

  runtime::runtime& runtime_;
  std::function<void()> on_expired_;
  instant deadline_ = runtime::never;
  instant armed_at_ = runtime::never;
  std::shared_ptr<timer> timer_;
};

}  // namespace epicenter::http
