// What the adapter has under way, and the order in which it ends.
#pragma once

#include <epicenter/runtime/task.hpp>
#include <string>

namespace epicenter::epic {

/// Every exchange with Epic runs in `calls`, so that stopping can cut it short; what records its outcome runs
/// in `writes`, which is never cancelled.
class lifecycle {
 public:
  explicit lifecycle(runtime::runtime& rt)
      : runtime_(rt),
        calls_(rt),
        writes_(rt),
        background_(rt),
        call_ended_(rt),
        write_ended_(rt),
        stop_signal_(rt) {}

  runtime::task_group& background() { return background_; }
  void start_call(std::string name, runtime::task<> work);
  void start_write(std::string name, runtime::task<> work);

  bool stopping() const { return stopping_; }
  std::size_t calls() const { return calls_under_way_; }
  std::size_t writes() const { return writes_under_way_; }
  std::size_t tasks() const { return calls_.size() + writes_.size() + background_.size(); }

  /// Sleeps, but not into the end of the adapter: false where that has begun.
  runtime::task<bool> sleep_until(instant);
  /// True once no write is under way.
  runtime::task<bool> wait_for_writes(instant deadline);

  /// In this order: no new work and no more waiting; calls end by the deadline or are cut; writes record how
  /// they stand.
  void begin_stop();
  runtime::task<> end_calls(instant deadline);
  runtime::task<> end_rest();

 private:
  runtime::task<> counted_call(runtime::task<> work);
  runtime::task<> counted_write(runtime::task<> work);

  runtime::runtime& runtime_;
  runtime::task_group calls_;
  runtime::task_group writes_;
  runtime::task_group background_;
  runtime::event call_ended_;
  runtime::event write_ended_;
  runtime::event stop_signal_;
  std::size_t calls_under_way_ = 0;
  std::size_t writes_under_way_ = 0;
  bool stopping_ = false;
};

}  // namespace epicenter::epic
