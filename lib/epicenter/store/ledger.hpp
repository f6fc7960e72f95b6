// The ledger: one durable row for every write, from before its first byte is sent until it is settled.
#pragma once

#include <cstdint>
#include <epicenter/base/result.hpp>
#include <epicenter/base/time.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::store {

enum class errc {
  unavailable =
      1,  ///< the store cannot be read or written: disk full, locked, damaged, or the caller was cancelled
  not_found,        ///< no such row
  exists,           ///< a row of that operation exists, with the same content
  content_differs,  ///< a row of that operation exists, with other content
  stale_state,      ///< the row is no longer in the state the caller took it for
};
std::error_code make_error_code(errc);

/// The states of the exactly-once protocol: at most one send per decision, reconciliation, then a person.
enum class write_state { planned, sending, unknown, written, rejected, not_sent, duplicate, needs_review };
/// "PLANNED", "SENDING", …
std::string_view name_of(write_state);
/// Reads what name_of writes.
result<write_state> parse_write_state(std::string_view);
/// True where nothing will change the row any more without a person.
bool is_final(write_state);

struct ledger_row {
  std::string operation;      ///< UUID: identifier in the EHR, unique
  std::string kind;           ///< "order_lab"
  std::string resource_type;  ///< "ServiceRequest"
  std::string patient;
  std::string payload_sha256;
  write_state state = write_state::planned;
  std::uint32_t attempts = 0;  ///< times the request was handed to the transport
  std::string resource_id;
  std::string reason;
  wall_time planned_at{};
  wall_time updated_at{};
};

/// Every function is durable when its task completes without error. Used on its runtime's thread. A caller
/// that is cancelled while it waits gets errc::unavailable and must take the row's state for unknown.
class ledger {
 public:
  virtual ~ledger() = default;
  /// Adds a row in `planned`. errc::exists / content_differs where the operation is known: the content is
  /// kind, resource type, patient and payload hash.
  virtual runtime::task<result<>> plan(ledger_row) = 0;

  struct change {
    std::string operation;
    write_state from;
    write_state to;
    std::string resource_id;  ///< kept as it was where empty
    std::string reason;
    wall_time at{};
  };
  /// Compare-and-swap of the state; entering `sending` counts an attempt. errc::stale_state where it is not
  /// `from`, errc::not_found where there is no such row.
  virtual runtime::task<result<>> advance(change) = 0;
  virtual runtime::task<result<ledger_row>> find(std::string operation) = 0;
  /// Rows in the state, oldest first, at most limit.
  virtual runtime::task<result<std::vector<ledger_row>>> list(write_state, std::size_t limit) = 0;
  /// Every row, oldest first.
  virtual runtime::task<result<std::vector<ledger_row>>> all() = 0;
};

/// SQLite in WAL mode with group commit: what waits is committed together with one fsync. ":memory:" for a
/// ledger that ends with the process. The file is created with mode 0600. Blocks while it opens.
/// errc::unavailable.
result<std::unique_ptr<ledger>> open_ledger(runtime::runtime&, const std::string& path);

}  // namespace epicenter::store

template <>
struct std::is_error_code_enum<epicenter::store::errc> : std::true_type {};
