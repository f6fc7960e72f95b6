// The audit log: an intent before and an outcome after each call to Epic and each write.
#pragma once

#include <epicenter/audit/entry.hpp>
#include <epicenter/audit/error.hpp>
#include <epicenter/audit/pseudonym.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace epicenter::audit {

/// Append-only. Used on its runtime's thread.
class log {
 public:
  using append_handler = std::function<void(result<std::uint64_t>)>;

  virtual ~log() = default;
  /// Gives the entry its number; durable when the task completes without error. errc::unavailable: the caller
  /// must not go on with a write. A caller that is cancelled takes nothing back.
  virtual runtime::task<result<std::uint64_t>> append(entry) = 0;
  /// Takes the entry at once, so that entries stand in the order of the calls; the handler is called when it
  /// is durable or refused, perhaps before this returns.
  virtual void start_append(entry, append_handler) = 0;
  /// Every entry, oldest first, without patient data. Blocks. A file log reads its file again, up to the
  /// first line it cannot read.
  virtual void for_each(const std::function<void(const entry&)>&) const = 0;
  virtual std::uint64_t size() const = 0;
};

/// Kept in memory, for the harness and tests.
std::unique_ptr<log> memory_log();
/// JSON lines appended to a file of mode 0600 and flushed to the operating system entry by entry. An existing
/// file is continued; a last line that a crash cut short is taken off (its append never returned). Patient
/// data is not kept. errc::unavailable where the file cannot be opened or any other line is damaged.
result<std::unique_ptr<log>> open_file_log(const std::string& path);

}  // namespace epicenter::audit
