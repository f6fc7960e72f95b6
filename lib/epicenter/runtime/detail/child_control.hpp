// How an owner stops one child task, and knows that it noticed.
#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <memory>

namespace epicenter::runtime::detail {

/// A cancellation falls on deaf ears while a finished read waits in the event loop's queue: a composed
/// operation then starts its next read, which nobody cancels. So cancel() repeats itself, at growing
/// intervals and a bounded number of times, until the child has ended.
class child_control : public std::enable_shared_from_this<child_control> {
 public:
  explicit child_control(runtime& rt) : rt_(rt) {}
  child_control(const child_control&) = delete;
  child_control& operator=(const child_control&) = delete;

  boost::asio::cancellation_slot slot() { return signal_.slot(); }
  /// A child that has not started yet is cancelled when it starts, so that its body always runs.
  void cancel();
  /// Cancels at the deadline; expired() tells. Call once.
  void cancel_at(instant deadline);
  bool expired() const { return expired_; }

  /// The child's first step, called by the child itself.
  void started();
  bool has_started() const { return started_; }
  void ended();

 private:
  void emit();
  void arm(instant due);
  void timer_fired();

  runtime& rt_;
  boost::asio::cancellation_signal signal_;
  boost::asio::cancellation_signal timer_;  ///< cancels the one timer: the deadline's, later the repetition's
  int repeats_ = 0;
  bool started_ = false;
  bool cancelled_ = false;
  bool expired_ = false;
  bool ended_ = false;
};

}  // namespace epicenter::runtime::detail
