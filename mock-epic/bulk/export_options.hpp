// How the mock's exports run.
#pragma once

#include <cstddef>
#include <epicenter/base/time.hpp>

namespace epicenter::mock::bulk {

struct export_options {
  std::size_t resources_a_ms = 10;    ///< how fast a job goes through charts
  duration at_least = 200ms;          ///< no job is done earlier: clients must be able to wait
  std::size_t charts_a_poll = 1'000;  ///< of work that one request does, however long ago the last one came
  std::size_t file_lines = 3'000;     ///< Epic's bound on the resources of a file
  std::size_t file_bytes = std::size_t{8} << 20;
  std::size_t file_charts = 1'000;  ///< that one file is written from: bounds the time of a download
  duration keeps = 14 * 24h;        ///< Epic keeps files for 14 days; running jobs too
  std::size_t max_jobs = 64;        ///< beyond it, finished ones go, the oldest first
  std::size_t max_running = 8;      ///< of one client
  bool once_a_day = false;          ///< Epic's own cap: one request a group, client and 24 hours
};

}  // namespace epicenter::mock::bulk
