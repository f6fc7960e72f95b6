// Entries on their way to the audit log, until it has them.
#pragma once

#include <epicenter/audit/log.hpp>
#include <epicenter/runtime/task.hpp>
#include <memory>

namespace epicenter::operations {

/// Hands entries over in the order they were put, one at a time, and keeps what the log refuses: it is tried
/// again after a pause that grows from first_pause to max_pause, for as long as this object lives. Used on
/// its runtime's thread; the log outlives it. Flush before the end: what is owed then is lost.
class audit_outbox {
 public:
  audit_outbox(runtime::runtime&, audit::log&);
  ~audit_outbox();
  audit_outbox(const audit_outbox&) = delete;
  audit_outbox& operator=(const audit_outbox&) = delete;

  /// Begins to hand it over at once. Beyond max_owed entries it is dropped, counted, and told to the log when
  /// that is up again.
  void put(audit::entry);
  /// Tries now, and waits until all that was put before is durable. An error: why the log refused one; that
  /// and all after it is still owed. A caller that is cancelled gets errc::cancelled and takes nothing back.
  runtime::task<result<>> flush();
  std::size_t owed() const;

  static constexpr std::size_t max_owed = 10'000;
  static constexpr duration first_pause = 1s;
  static constexpr duration max_pause = 1min;

 private:
  struct state;
  static runtime::task<result<>> wait_for(std::shared_ptr<state>);
  std::shared_ptr<state> state_;
};

}  // namespace epicenter::operations
