// Who forced a circuit, in the audit log.
#pragma once

#include <epicenter/operations/audit_outbox.hpp>
#include <epicenter/operations/event_stream.hpp>

namespace epicenter::operations {

/// Each change of a circuit's state that was made by hand (force_open, force_closed, watch_only,
/// to_half_open, reset, whoever called them and by what way) becomes one entry of type breaker.forced: the
/// actor as its user, the circuit as its subject ("north/read"), the new state as its result, the rest in its
/// details (a JSON text). The change does not wait for the log: who stops calls to a failing Epic must not be
/// stopped by a full disk; what the log refuses is owed. Used on its runtime's thread; the log outlives it.
class circuit_audit {
 public:
  /// From now on. Of a stream that goes on without this object nothing more is written.
  circuit_audit(runtime::runtime&, event_stream&, audit::log&);

  /// See audit_outbox.
  runtime::task<result<>> flush() { return outbox_->flush(); }
  std::size_t owed() const { return outbox_->owed(); }

 private:
  std::shared_ptr<audit_outbox> outbox_;
};

}  // namespace epicenter::operations
