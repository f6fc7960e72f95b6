// What a program may want to know of the machine it runs on, for the frame of its reports. Never for the runs
// themselves.
#pragma once

#include <epicenter/base/time.hpp>
#include <string>

namespace epicenter::runtime {

/// Since the machine was started, suspend included.
duration boot_time();
/// What the system's clock says now: people and time servers set it.
wall_time system_time();
/// Now, "2026-10-05T14:03:11Z".
std::string system_time_text();
std::string host_name();

}  // namespace epicenter::runtime
