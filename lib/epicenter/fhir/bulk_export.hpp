// $export (FHIR Bulk Data Access): started, waited for, its files read line by line, and deleted when done.
#pragma once

#include <epicenter/fhir/client.hpp>

namespace epicenter::fhir {

struct export_file {
  std::string type;
  std::string url;
  std::optional<std::int64_t> count;  ///< of resources, where the server says it
};

struct export_manifest {
  std::string transaction_time;  ///< as written: what was changed later is not in it
  std::vector<export_file> output;
  std::vector<export_file> errors;  ///< not empty: the export is partial
  completeness complete() const { return errors.empty() ? completeness::full : completeness::partial; }
};

/// How far an export has come: all that is needed to go on after a failure or a restart, and all that need be
/// kept of it. What was taken is never taken again, what was not is.
struct export_progress {
  std::string status_url;  ///< of the job; empty: not started
  std::optional<export_manifest> manifest;
  std::size_t file = 0;     ///< of manifest->output: the one that is read now
  std::uint64_t lines = 0;  ///< of that file: taken already
  bool removed = false;     ///< the job is deleted on the server: nothing is left to do
};

struct export_options {
  duration poll_interval = 10s;     ///< where the server asks for none
  duration min_poll_interval = 1s;  ///< whatever it asks for
  duration request_timeout = 30s;   ///< of start, each poll, and deletion
  duration file_timeout = 15min;    ///< of one download of a file
  std::uint32_t file_attempts = 3;  ///< downloads of a file in a row that bring no new line
  std::uint32_t poll_failures = 3;  ///< polls in a row that bring no answer
  std::size_t max_line_bytes = 4 * 1024 * 1024;
};

/// Takes the resources of an export.
class export_sink {
 public:
  virtual ~export_sink() = default;
  /// Once it has completed the line counts as taken. An error ends the run, which fails with it.
  virtual runtime::task<result<>> take(const export_file&, json::value resource) = 0;
};

class bulk_export {
 public:
  bulk_export(runtime::runtime& rt, client& through, export_options options = {})
      : runtime_(rt), client_(through), options_(options) {}

  /// Goes on from where the progress stands until the job is deleted: start, wait, each file, delete. Level
  /// and parameters as for request_builder::start_export. Fails with errc::in_progress where the server is
  /// not ready by the deadline or wants to be asked only after it: run again later. A cancelled run leaves
  /// the job on the server, and no connection: run again, or remove().
  runtime::task<result<>> run(export_progress&, std::string level, http::parameters, export_sink&,
                              instant deadline);

  /// Starts the job. An answer other than 202 with a Content-Location on this server is an error.
  runtime::task<result<std::string>> start(std::string level, http::parameters, instant deadline);
  /// Polls until the manifest is there, as often as Retry-After says.
  runtime::task<result<export_manifest>> wait(std::string status_url, instant deadline);
  /// Reads a file from line `lines` on, and counts it up. Downloads that break off are repeated.
  runtime::task<result<>> download(export_file, std::uint64_t& lines, export_sink&, instant deadline);
  /// Cancels a running job, or deletes the files of one that is done. One that is gone already is no error.
  runtime::task<result<>> remove(std::string status_url, instant deadline);

 private:
  struct file_sink;
  struct poll_answer;
  poll_answer read_poll(const http::exchange_result&, std::uint32_t& failures) const;
  runtime::task<result<>> download_once(const export_file&, std::uint64_t& lines, export_sink&,
                                        instant deadline);
  instant within(instant deadline, duration time) const;

  runtime::runtime& runtime_;
  client& client_;
  export_options options_;
};

/// Nothing where it is no manifest.
std::optional<export_manifest> parse_export_manifest(const json::value&);

}  // namespace epicenter::fhir
