// Writes the events of a stream to a log file, away from the event loop.
#pragma once

#include <epicenter/operations/event_stream.hpp>
#include <epicenter/operations/log_file.hpp>
#include <epicenter/operations/log_lines.hpp>
#include <epicenter/runtime/task.hpp>
#include <functional>
#include <memory>

namespace epicenter::operations {

struct log_options {
  std::string name;    ///< "api": of the subscription, in metrics
  line_function line;  ///< api_line, audit_line
  log_file_options file;
  std::size_t waiting = 8192;  ///< events kept while the file is slow; then the oldest go
  std::size_t batch = 1024;    ///< events of one write, at most
};

struct log_figures {
  std::uint64_t written = 0;   ///< lines
  std::uint64_t lost = 0;      ///< events that were dropped, or whose lines could not be written
  std::uint64_t failures = 0;  ///< batches that could not be written
};

/// Never blocks the loop and never fails a call: events wait in a ring, and blocking work turns them into
/// lines. What is lost is counted, and told by a line of its own ahead of the next that can be written. Used
/// on its runtime's thread; stream and runtime outlive it. Work that is under way when it is destroyed ends
/// by itself.
class log_writer {
 public:
  /// `wall` is asked once a batch, on the loop: what the calendar says now.
  log_writer(runtime::runtime&, event_stream&, log_options, std::function<wall_time()> wall);
  ~log_writer();
  log_writer(const log_writer&) = delete;
  log_writer& operator=(const log_writer&) = delete;

  log_figures figures() const;
  /// Waits until everything told so far is written or lost; false where the deadline came first.
  runtime::task<bool> flush(instant deadline);

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace epicenter::operations
