// Bulk Data Access: $export, and the jobs and files below …/api/FHIR/BulkRequest
// (hl7.org/fhir/uv/bulkdata 2.0, after Epic's ways).
#pragma once

#include <deque>
#include <map>

#include "mock-epic/bulk/export_job.hpp"

namespace epicenter::mock::bulk {

struct exporter_world {
  bool orders = false;
  bool requires_token = true;  ///< what manifests say of their files
  std::string base_path;       ///< of R4: "/interconnect-fhir-oauth/api/FHIR/R4"
  std::uint64_t seed = 1;      ///< of ids
};

class exporter {
 public:
  exporter(fhir::store&, exporter_world, export_options = {});

  /// $export: 202 with the job's URL in Content-Location, or an OperationOutcome on why not.
  fhir::answer kick_off(const fhir::call&, export_level);

  /// True for the paths of jobs and files, which lie outside R4's base.
  bool owns(std::string_view path) const;
  /// The status of a job (GET), its end (DELETE), one of its files. The token has been looked at before;
  /// `allowed` tells whose it is, null: the server is open.
  fhir::answer handle(const http::request&, fhir::moment, const fhir::access* allowed = nullptr);

  std::size_t jobs() const { return jobs_.size(); }
  /// Bytes that jobs hold: bounded by their number and by what clients wrote, not by the hospital.
  std::size_t held() const;

 private:
  using by_id = std::map<std::string, export_job, std::less<>>;
  struct daily {
    instant last;
    std::string job;
  };

  std::optional<fhir::answer> refuse_headers(const fhir::call&) const;
  std::optional<fhir::answer> refuse_load(std::string_view client, fhir::moment);
  std::optional<fhir::answer> refuse_repeat(const std::string& client_and_group, instant now);
  fhir::or_refusal<type_set> types_of(const fhir::call&, export_request&, export_level) const;
  fhir::or_refusal<std::optional<std::vector<std::string>>> patients_of(const fhir::call&, export_request&,
                                                                        export_level);
  fhir::answer start(const fhir::call&, export_request, const type_set&, snapshot,
                     const std::string& daily_key);
  std::string jobs_base() const;
  fhir::answer find_and_answer(const http::request&, fhir::moment, const fhir::access*);
  fhir::answer answer_job(by_id::iterator, const http::request&, fhir::moment);
  fhir::answer answer_file(const export_job&, std::string_view id);
  void forget(instant now);
  void end(by_id::iterator);

  fhir::store& store_;
  exporter_world world_;
  export_options options_;
  runtime::random_stream ids_;
  by_id jobs_;
  std::deque<std::string> by_age_;
  std::map<std::string, daily, std::less<>> last_of_group_;
};

}  // namespace epicenter::mock::bulk
