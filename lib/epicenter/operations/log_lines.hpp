// Events as lines of the structured logs: one JSON object a line (runbook, section 7). No patient data, no
// secret: every text passes through what may be written (epic/loggable.hpp).
#pragma once

#include <epicenter/base/time.hpp>
#include <epicenter/operations/event_stream.hpp>
#include <optional>
#include <string>

namespace epicenter::operations {

/// A line without its newline; nothing where the event has no place in that log. `wall`: when it happened.
using line_function = std::optional<std::string> (*)(const stream_event&, wall_time wall);

/// For api.log. Every line has "component":"epic"; the level of what failed is "error", and no line of level
/// "info" holds that word: `grep "epic" api.log | grep -i error` brings the failures. The start of a call has
/// no line.
std::optional<std::string> api_line(const stream_event&, wall_time wall);

/// For audit.log, for people to search; the evidence is the audit store. Writes by their states, alarms of
/// safety, circuits that somebody moved by hand, and an audit store that does not verify. A write that ended
/// in anything but WRITTEN is of type "EHR_WRITE_FAILED".
std::optional<std::string> audit_line(const stream_event&, wall_time wall);

/// Says that lines are missing before this one.
std::string lost_line(std::uint64_t lines, wall_time wall);

/// RFC 3339 in UTC with microseconds: 2026-11-25T22:01:30.000250Z.
std::string log_time(wall_time);

}  // namespace epicenter::operations
