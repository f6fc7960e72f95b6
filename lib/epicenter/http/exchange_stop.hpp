// Ends one exchange from outside of its task.
#pragma once

#include <epicenter/runtime/task.hpp>

namespace epicenter::http {

/// Does to one exchange what cancelling its task would do, where the exchange has no task of its own:
/// starting one costs a tenth of an exchange. Outlives the exchange; used on its runtime's thread.
class exchange_stop {
 public:
  exchange_stop() = default;
  exchange_stop(const exchange_stop&) = delete;
  exchange_stop& operator=(const exchange_stop&) = delete;

  /// The exchange ends soon with errc::cancelled and closes its connection, unless its answer is complete
  /// already. One that begins later ends at once.
  void request();
  bool requested() const { return requested_; }

 private:
  friend class client;
  bool requested_ = false;
  runtime::task_group* opening_ = nullptr;  ///< waits for a connection
  runtime::stream* stream_ = nullptr;       ///< carries the exchange
};

}  // namespace epicenter::http
