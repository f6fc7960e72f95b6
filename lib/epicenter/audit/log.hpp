// The audit log: an intent before and an outcome after each call to Epic and each write.
#pragma once

#include <cstdint>
#include <epicenter/base/result.hpp>
#include <epicenter/base/time.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace epicenter::audit {

enum class errc {
  unavailable = 1,  ///< the log takes no events
};
std::error_code make_error_code(errc);

enum class stage { intent, outcome };

/// No patient data in clear: the patient is a pseudonym, resources are named by type only.
struct entry {
  std::uint64_t seq = 0;  ///< given by the log, gap-free from 1
  wall_time at{};
  audit::stage stage = audit::stage::intent;
  std::string type;     ///< "ehr.call", "ehr.write"; outcomes of failed writes: "EHR_WRITE_FAILED"
  std::string subject;  ///< request id of a call, operation id of a write
  std::string user;
  std::string patient;  ///< pseudonym
  std::string result;   ///< outcome only: "200", "timed_out", "WRITTEN", …
};

/// Append-only. Used on its runtime's thread.
class log {
 public:
  virtual ~log() = default;
  /// Gives the entry its number. errc::unavailable: the caller must not go on with a write.
  virtual result<std::uint64_t> append(entry) = 0;
  /// Every entry, oldest first. A file log reads its file again, up to the first line it cannot read.
  virtual void for_each(const std::function<void(const entry&)>&) const = 0;
  virtual std::uint64_t size() const = 0;
};

/// Kept in memory, for the harness and tests.
std::unique_ptr<log> memory_log();
/// JSON lines appended to a file of mode 0600 and flushed to the operating system entry by entry. An existing
/// file is continued; a last line that a crash cut short is taken off (its append never returned).
/// errc::unavailable where the file cannot be opened or any other line is damaged.
result<std::unique_ptr<log>> open_file_log(const std::string& path);

/// A patient's pseudonym under a key of the installation (HMAC-SHA-256, first 16 bytes, hex).
std::string pseudonym(std::string_view key, std::string_view patient);

}  // namespace epicenter::audit

template <>
struct std::is_error_code_enum<epicenter::audit::errc> : std::true_type {};
