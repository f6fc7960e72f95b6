// One export: it goes through charts as time passes, and writes its files when they are asked for.
#pragma once

#include <array>
#include <epicenter/runtime/random.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mock-epic/bulk/export_options.hpp"
#include "mock-epic/bulk/export_request.hpp"
#include "mock-epic/bulk/snapshot.hpp"
#include "mock-epic/fhir/call.hpp"

namespace epicenter::mock::bulk {

struct job_start {
  std::string url;      ///< of its status, absolute
  std::string request;  ///< the URL it was asked for by
  std::string client;
  fhir::moment at;
  export_request wanted;
  snapshot charts;
  bool orders = false;
  type_set types;                               ///< granted, and asked for where any were named
  std::shared_ptr<const fhir::access> allowed;  ///< null: everything
};

/// Holds no resources: a file is the stretch of the walk that its lines were counted on. The walk is the same
/// each time, so the manifest's counts are those of the files.
class export_job {
 public:
  /// `options` must outlive the job.
  export_job(job_start, const export_options& options, runtime::random_stream ids);

  /// Does the work of the time that has passed, at most that of so many charts.
  void advance(fhir::store&, fhir::moment, std::size_t max_charts);

  bool done() const { return finished_.has_value(); }
  const std::string& client() const { return start_.client; }
  instant started() const { return start_.at.now; }
  /// Of the job and its files, on the monotonic clock.
  instant expires() const;
  wall_time expires_wall() const;
  /// "37 of 200 charts, 812 resources"
  std::string progress() const;
  std::size_t seconds_left() const;

  struct file {
    enum class content { resources, deletions, errors };
    std::string id;
    content what = content::resources;
    fhir::type_id type{};
    std::size_t step = 0;  ///< where its first line is
    std::size_t first =
        0;  ///< which of the step's resources (of the file's list, where it is no walk) that is
    std::size_t lines = 0;
    std::size_t bytes = 0;  ///< at most; the exact number is known when it is written
  };
  /// In the order of the manifest.
  const std::vector<file>& files() const { return files_; }
  const file* find(std::string_view id) const;
  std::string write(fhir::store&, const file&) const;
  /// The manifest (Bulk Data Access IG 2.0, export.html #response---complete-status). `requires_token` as
  /// JSON: Epic writes a string.
  std::string manifest(const json::value& requires_token) const;

  /// Bytes that the job holds.
  std::size_t held() const;

 private:
  bool takes(const fhir::resource&) const;
  void count(const fhir::resource&, std::size_t step, std::size_t position);
  void finish(fhir::moment);
  file& begin_file(file::content, fhir::type_id, std::size_t step, std::size_t first);
  std::string write_deletions(const file&) const;

  job_start start_;
  const export_options* options_;
  runtime::random_stream ids_;
  std::size_t step_ = 0;
  std::size_t walked_ = 0;
  std::vector<file> files_;
  std::array<std::optional<std::size_t>, fhir::type_count> open_{};  ///< the file of the type that is filled
  fhir::hits deleted_;
  std::optional<fhir::moment> finished_;
};

/// "2026-01-05T09:30:00.250Z": never later than the moment, so that the next export's _since misses nothing.
std::string format_milliseconds(wall_time);

}  // namespace epicenter::mock::bulk
